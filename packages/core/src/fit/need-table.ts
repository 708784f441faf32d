import { estimateMemory, type MemoryEstimate } from '../memory/estimate.ts'
import { chooseEngine } from './choose-engine.ts'
import type { FitFacts } from './fit-facts.ts'
import { usualContexts } from './fit-table.ts'
import { formatsOf } from './quantizations.ts'

/** Bytes for each format (rows) and context (columns), on one device of any kind. */
export interface NeedTable {
  readonly contexts: readonly number[]
  readonly rows: readonly { readonly quantization: string; readonly totals: readonly number[] }[]
  /** What the first row was computed from. */
  readonly basis: MemoryEstimate['basis']
}

/** What a model needs, whatever the hardware; `undefined` where nothing tells how large it is. */
export function needTable(facts: FitFacts): NeedTable | undefined {
  const usual = usualContexts(facts.maxContext)
  const contexts = usual.length > 0 ? usual : [facts.maxContext ?? 1024]
  try {
    const rows = formatsOf(facts, 'generic').map((quantization) => ({
      quantization,
      totals: contexts.map((contextLength) => estimateAt(facts, quantization, contextLength).total),
    }))
    return { contexts, rows, basis: estimateAt(facts, facts.quantization, contexts[0] ?? 1024).basis }
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

function estimateAt(facts: FitFacts, quantization: string, contextLength: number): MemoryEstimate {
  return estimateMemory(facts.model, {
    contextLength,
    engine: chooseEngine(undefined, quantization, undefined),
    ...(quantization === facts.quantization ? {} : { quantization }),
  })
}
