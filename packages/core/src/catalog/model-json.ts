import { type GatedLabel, type GatedStatus, gatedLabel } from '../access/gated.ts'
import { memoryLabel, sixteenBitBytes } from './labels.ts'
import { factOf, recordAsOf, recordSource } from './merge.ts'
import type { Category, GateObservation, MemoryFigure, ModelRecord, RecordSource } from './record.ts'

/** A model as every edge gives it out: `--json`, the HTTP API, n8n. What is unknown is `null`. */
export interface ModelJson {
  readonly id: string
  readonly author: string | null
  readonly gated: GatedStatus | null
  readonly gatedLabel: GatedLabel
  readonly params: number | null
  readonly activeParams: number | null
  readonly memory: MemoryFigure | null
  readonly category: Category | null
  readonly contextLength: number | null
  readonly license: string | null
  readonly pipelineTag: string | null
  readonly library: string | null
  readonly downloads: number | null
  readonly likes: number | null
  readonly tags: readonly string[]
  /** Where the freshest of these facts came from. */
  readonly source: RecordSource
  /** When the freshest of these facts was seen. */
  readonly asOf: string | null
  /** When the gate was seen. */
  readonly gatedAsOf: string | null
  /** Gates seen or claimed earlier, oldest first; absent when there are none. */
  readonly gateHistory?: readonly GateObservation[]
}

export function toModelJson(record: ModelRecord): ModelJson {
  const gated = factOf(record, 'gated') ?? null
  return {
    id: record.id,
    author: factOf(record, 'author') ?? (record.id.includes('/') ? (record.id.split('/')[0] ?? null) : null),
    gated,
    gatedLabel: gatedLabel(gated),
    params: factOf(record, 'params') ?? null,
    activeParams: factOf(record, 'activeParams') ?? null,
    memory: memoryOf(record) ?? null,
    category: factOf(record, 'category') ?? null,
    contextLength: factOf(record, 'contextLength') ?? null,
    license: factOf(record, 'license') ?? null,
    pipelineTag: factOf(record, 'pipelineTag') ?? null,
    library: factOf(record, 'library') ?? null,
    downloads: factOf(record, 'downloads') ?? null,
    likes: factOf(record, 'likes') ?? null,
    tags: factOf(record, 'tags') ?? [],
    source: recordSource(record),
    asOf: recordAsOf(record) ?? null,
    gatedAsOf: record.facts.gated?.asOf ?? null,
    ...(record.gateHistory.length === 0 ? {} : { gateHistory: record.gateHistory }),
  }
}

const SIXTEEN_BIT = ['BF16', 'FP16']

/** The memory of a record for lists: the label it carries, else 16-bit weights; of packed weights with unknown files, nothing. */
export function memoryOf(record: ModelRecord): MemoryFigure | undefined {
  const known = factOf(record, 'memory')
  if (known !== undefined) return known
  const params = factOf(record, 'params')
  const quantization = factOf(record, 'quantization') ?? 'BF16'
  if (params === undefined || !SIXTEEN_BIT.includes(quantization)) return undefined
  const bytes = sixteenBitBytes(params)
  return { label: memoryLabel(bytes), bytes, basis: 'params-only' }
}
