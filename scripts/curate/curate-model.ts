/** A row of the facts file, as far as it is used. */
export interface FactsRow {
  readonly id: string
  readonly former_ids: readonly string[]
  readonly author: string
  readonly category: string
  readonly tags: readonly string[]
  readonly base_model: string | null
  readonly params_total: number | null
  readonly params_total_basis: string | null
  readonly params_active: number | null
  readonly safetensors: { readonly parameters?: Readonly<Record<string, number>> } | null
  readonly architecture: string | null
  readonly model_type: string | null
  readonly config: Readonly<Record<string, unknown>> | null
  readonly config_field_sources: Readonly<Record<string, string>> | null
  readonly max_context: number | null
  readonly native_dtype: string | null
  readonly quantisation: { readonly method: string; readonly bits: number | null; readonly format: string } | null
  readonly weights_bytes: number | null
  readonly gguf_files_bytes: Readonly<Record<string, number>> | null
  readonly license: string | null
  readonly license_name: string | null
  readonly pipeline_tag: string | null
  readonly library: string | null
  readonly downloads_30d: { readonly value: number; readonly as_of: string; readonly source: string } | null
  readonly gated_seed: false | 'auto' | 'manual' | null
  readonly gated_observed: boolean | 'auto' | 'manual' | null
  readonly gated_evidence: readonly { readonly value: unknown; readonly source: string; readonly as_of: string }[]
  readonly sources: Readonly<Record<string, string | readonly string[]>>
}

export interface CuratedFact {
  readonly value: unknown
  readonly source: string
  readonly asOf?: string
}

export interface CuratedModel {
  readonly id: string
  readonly formerIds?: readonly string[]
  readonly facts: Readonly<Record<string, CuratedFact>>
  readonly gateHistory?: readonly { readonly gated: unknown; readonly asOf?: string; readonly source: string }[]
}

export function curateModel(row: FactsRow): CuratedModel {
  const facts: Record<string, CuratedFact> = {}
  const add = (field: string, value: unknown, source: string | undefined, asOf?: string): void => {
    if (value === null || value === undefined) return
    facts[field] = { value, source: source ?? 'derived', ...(asOf === undefined ? {} : { asOf }) }
  }
  const from = (field: string): string | undefined => [row.sources[field] ?? []].flat()[0]
  add('author', row.author, 'id')
  addGate(row, add)
  add(
    'params',
    row.params_total,
    from('params_total') ?? (row.params_total_basis === 'base-model' ? `base:${row.base_model}` : undefined),
  )
  add('activeParams', row.params_active, from('params_active'))
  add('paramsByDtype', row.safetensors?.parameters, from('safetensors'))
  add('category', row.category, 'derived')
  add('contextLength', row.max_context, from('max_context'))
  add('license', row.license, from('license'))
  add('licenseName', row.license_name, from('license_name') ?? from('license'))
  add('pipelineTag', row.pipeline_tag, from('pipeline_tag'))
  add('library', row.library, from('library'))
  add('downloads', row.downloads_30d?.value, row.downloads_30d?.source, row.downloads_30d?.as_of)
  if (row.tags.length > 0) add('tags', row.tags, 'derived')
  add('baseModel', row.base_model, from('base_model') ?? 'id')
  add('architecture', row.architecture, commonest(row.config_field_sources))
  add('modelType', row.model_type, commonest(row.config_field_sources))
  if (row.config !== null && Object.keys(row.config).length > 0)
    add('config', row.config, commonest(row.config_field_sources))
  add('quantization', quantizationLabel(row), from('quantisation') ?? from('native_dtype'))
  add('weightsBytes', row.weights_bytes, from('weights_bytes'))
  add('ggufFilesBytes', ggufBytes(row.gguf_files_bytes), from('gguf_files_bytes'))
  const history = gateHistory(row)
  return {
    id: row.id,
    ...(row.former_ids.length > 0 ? { formerIds: row.former_ids } : {}),
    facts,
    ...(history.length > 0 ? { gateHistory: history } : {}),
  }
}

type Add = (field: string, value: unknown, source: string | undefined, asOf?: string) => void

/** The newest evidence for the gate now believed. A gate nobody observed has no fact, whatever was once claimed of it. */
function addGate(row: FactsRow, add: Add): void {
  const evidence = row.gated_evidence
    .filter(({ value }) => value === row.gated_observed || (value === 'gated' && row.gated_observed !== false))
    .toSorted((a, b) => (dateOf(a.as_of) < dateOf(b.as_of) ? 1 : -1))
  const exact = evidence.find(({ value }) => value === row.gated_observed) ?? evidence[0]
  add('gated', row.gated_observed, exact?.source, dateOf(exact?.as_of ?? '') || undefined)
}

function gateHistory(row: FactsRow): NonNullable<CuratedModel['gateHistory']> {
  const claimed = row.gated_seed === null ? [] : [{ gated: row.gated_seed, source: 'seed' }]
  const observed = row.gated_evidence
    .filter(({ value }) => value !== 'gated' && value !== row.gated_observed)
    .map(({ value, source, as_of }) => ({
      gated: value,
      ...(dateOf(as_of) === '' ? {} : { asOf: dateOf(as_of) }),
      source,
    }))
  return [...claimed, ...observed.toSorted((a, b) => ((a.asOf ?? '') < (b.asOf ?? '') ? -1 : 1))]
}

/**
 * The catalog these were read from calls GiB "GB": as written, its Q8_0 files have 7.4 to 7.9 bits a weight, where the format has 8.5,
 * and over all 68 files the arithmetic gives 1.072 times what is written (GiB over GB is 1.074).
 */
function ggufBytes(files: Readonly<Record<string, number>> | null): Record<string, number> | undefined {
  if (files === null) return undefined
  return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, Math.round((bytes / 1e9) * 1024 ** 3)]))
}

function quantizationLabel({ quantisation, native_dtype }: FactsRow): string | undefined {
  if (quantisation === null)
    return { bfloat16: 'BF16', float16: 'FP16', float8: 'FP8', int4: 'INT4', mxfp4: 'MXFP4' }[native_dtype ?? '']
  const { method, bits } = quantisation
  const named: Readonly<Record<string, string>> = {
    gguf: 'GGUF',
    fp8: 'FP8',
    'float-quantized': 'FP8',
    nvfp4: 'NVFP4',
    mxfp4: 'MXFP4',
    bitsandbytes: 'BNB-NF4',
  }
  if (named[method] !== undefined) return named[method]
  const family = method.toUpperCase()
  return bits === null ? family : method === 'mlx' ? `MLX-${bits}BIT` : `${family}-INT${bits}`
}

function commonest(sources: Readonly<Record<string, string>> | null): string | undefined {
  const counts = Map.groupBy(Object.values(sources ?? {}), (key) => key)
  const known = [...counts].filter(([key]) => key !== 'derived' && !key.startsWith('family:'))
  return (known.length > 0 ? known : [...counts]).toSorted((a, b) => b[1].length - a[1].length)[0]?.[0]
}

/** ISO 8601 as exact as the evidence, or an empty text. */
function dateOf(text: string): string {
  return /\d{4}(?:-\d\d)?(?:-\d\d)?/.exec(text)?.[0] ?? ''
}
