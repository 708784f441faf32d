import { estimateRow, predictRow } from './predict-row.ts'
import type { Figures, MeasuredRow } from './rows.ts'

/** A row beside what is said about it, once from the config alone and once with file sizes. */
export interface ComparedRow {
  readonly id: string
  readonly engine: string
  readonly architecture: string
  readonly quantization: string
  readonly kind: MeasuredRow['kind']
  readonly source: string
  readonly measured: Figures
  readonly predicted: Figures
  readonly withFileSizes: Figures
  /** Does the error band reach the measured total? `undefined` where none was measured. */
  readonly isInBand: boolean | undefined
}

export function compareRow(row: MeasuredRow): ComparedRow {
  return {
    id: row.id,
    engine: row.engine,
    architecture: row.architecture ?? 'not said',
    quantization: row.quantization,
    kind: row.kind,
    source: row.source ?? '',
    measured: row.measured,
    predicted: predictRow(row, false),
    withFileSizes: predictRow(row, true),
    isInBand: isInBand(row),
  }
}

/** The band is of the whole estimate: what the row's figure leaves out is taken off both ends. */
function isInBand(row: MeasuredRow): boolean | undefined {
  const measured = row.measured['total_bytes']
  const predicted = predictRow(row, true)['total_bytes']
  if (measured === undefined || predicted === undefined) return undefined
  const { errorBand, total } = estimateRow(row, true)
  const left = total - predicted
  return measured >= errorBand.low - left && measured <= errorBand.high - left
}

/** One predicted figure beside its measured one. */
export interface Comparison {
  readonly term: string
  readonly row: ComparedRow
  /** Relative to the measured figure. */
  readonly error: number
}

/** What is compared: figures that are properties of the model and the engine. Room left for a cache (vLLM) is neither. */
const terms = [
  'weights_bytes',
  'kv_bytes_per_token',
  'total_bytes',
  'overhead_bytes',
  'recurrent_state_bytes_per_sequence',
] as const

export function comparisonsOf(rows: readonly ComparedRow[], of: 'predicted' | 'withFileSizes'): Comparison[] {
  return rows.flatMap((row) =>
    terms.flatMap((term) => {
      const [measured, predicted] = [row.measured[term], row[of][term]]
      if (measured === undefined || predicted === undefined) return []
      return [{ term: termName(term, row), row, error: predicted / measured - 1 }]
    }),
  )
}

/** Weights of files and of running engines are judged apart. */
function termName(term: string, row: ComparedRow): string {
  if (term !== 'weights_bytes') return term.replace(/_bytes$/, '')
  return row.kind === 'file_size'
    ? 'weights of a file'
    : /llama\.cpp/.test(row.engine)
      ? 'weights, GGUF'
      : 'weights, other engines'
}
