import { readFileSync } from 'node:fs'

/** Figures of one row, in bytes and tokens. */
export type Figures = Readonly<Record<string, number>>

/** One measured case, as far as it is used here. The file that holds them is no part of this repository. */
export interface MeasuredRow {
  readonly id: string
  readonly model: string
  readonly base_model?: string | null
  readonly engine: string
  readonly engine_version?: string | null
  readonly hardware?: string | null
  readonly quantization: string
  readonly weight_dtype?: string | null
  readonly kv_dtype: string | null
  readonly tp: number | null
  readonly pp: number | null
  readonly context_tokens: number | null
  readonly batch: number | null
  readonly scope: 'per_gpu' | 'all_gpus'
  readonly kind: 'engine_log' | 'allocator_peak' | 'process_vram' | 'device_delta' | 'file_size' | 'published_table'
  readonly measured: Figures
  readonly params_total: number | null
  readonly config: Readonly<Record<string, unknown>> | null
  readonly architecture?: string
  readonly source?: string
}

/** Where the figures are kept back, all of them are asked for. */
type Row = Omit<MeasuredRow, 'measured'> & { readonly measured?: Figures | null }

/** Rows of a file that is `{ rows }` or a list. */
export function readRows(file: string): readonly MeasuredRow[] {
  const value = JSON.parse(readFileSync(file, 'utf8')) as { rows: readonly Row[] } | readonly Row[]
  return ('rows' in value ? value.rows : value).map((row) => ({ ...row, measured: row.measured ?? {} }))
}
