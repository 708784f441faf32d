import { factOf } from '../catalog/merge.ts'
import type { ModelRecord } from '../catalog/record.ts'
import type { Hardware } from '../hardware/hardware.ts'
import type { Relative } from './fit-facts.ts'
import type { FitIntent } from './intent.ts'
import { quantisedFit } from './quantised-fit.ts'
import { recordFacts } from './record-facts.ts'
import { originalOf, relativeOf } from './relatives.ts'
import { waysFor } from './ways.ts'

/** How a row of a list fits. */
export interface RowFit {
  readonly deviceName: string
  readonly gpuCount: number
  readonly quantization: string
  /** A repository with that format, where it is another one than the row's. */
  readonly modelId: string | undefined
  /** Of one GPU. */
  readonly spareBytes: number
}

/**
 * A test for rows of a list: how each fits this hardware as it is published, else in a smaller format; `undefined` for what
 * does not fit for sure. Answers from the record alone, without a file or a call, and once for each record.
 * @param known records among which quantised repositories are looked for, such as the curated list
 */
export function createFitFilter(
  hardware: Hardware,
  intent: FitIntent,
  known: readonly ModelRecord[],
): (record: ModelRecord) => RowFit | undefined {
  const relatives = relativesByBase(known)
  const answers = new WeakMap<ModelRecord, { readonly fit: RowFit | undefined }>()
  return (record) => {
    const answer = answers.get(record) ?? { fit: rowFit(record, hardware, intent, relatives.get(baseOf(record)) ?? []) }
    answers.set(record, answer)
    return answer.fit
  }
}

function rowFit(
  record: ModelRecord,
  hardware: Hardware,
  intent: FitIntent,
  relatives: readonly Relative[],
): RowFit | undefined {
  try {
    const facts = recordFacts(
      record,
      relatives.filter(({ id }) => id !== record.id),
    )
    // Nobody who means to use 32k tokens is served by a model that ends at 512.
    if ((intent.contextLength ?? 0) > (facts.maxContext ?? Infinity)) return undefined
    const ways = waysFor(facts, hardware, intent)
    const { level, setup, spareBytes, estimate } = ways.best(ways.quantization)
    const fit: Omit<RowFit, 'deviceName'> | undefined =
      level === 'fits'
        ? { gpuCount: setup.count, quantization: estimate.quantization, modelId: undefined, spareBytes }
        : quantisedFit(facts, ways)
    if (fit === undefined) return undefined
    const { gpuCount, quantization, modelId } = fit
    // The smallest of those used decides.
    const deviceName = ways.devices[gpuCount - 1]?.name ?? ''
    return { deviceName, gpuCount, quantization, modelId, spareBytes: fit.spareBytes }
  } catch (error) {
    // Nothing tells how large it is: what is unknown passes no test about it.
    if (error instanceof TypeError) return undefined
    throw error
  }
}

function relativesByBase(known: readonly ModelRecord[]): ReadonlyMap<string, Relative[]> {
  const byBase = new Map<string, Relative[]>()
  const rising = known.toSorted((a, b) => (factOf(b, 'downloads') ?? 0) - (factOf(a, 'downloads') ?? 0))
  for (const record of rising) {
    if (factOf(record, 'baseModel') === undefined) continue
    byBase.set(baseOf(record), [...(byBase.get(baseOf(record)) ?? []), relativeOf(record)])
  }
  return byBase
}

function baseOf(record: ModelRecord): string {
  return originalOf(record).toLowerCase()
}
