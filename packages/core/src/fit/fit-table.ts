import type { FitFacts } from './fit-facts.ts'
import type { FitAnswer } from './fit-model.ts'
import type { FitIntent } from './intent.ts'
import { formatsOf } from './quantizations.ts'
import { type Trial, tryOut } from './trial.ts'

/** Memory for each format (rows) and context (columns), on the devices of an answer. */
export interface FitTable {
  readonly contexts: readonly number[]
  readonly rows: readonly { readonly quantization: string; readonly trials: readonly Trial[] }[]
}

const CONTEXTS = [8, 32, 128, 512, 1024].map((kib) => kib * 1024)

/** Contexts that people ask for, as far as a model goes. */
export function usualContexts(limit = 131_072): number[] {
  return CONTEXTS.filter((tokens) => tokens <= limit)
}

/** The contexts that people ask for, as far as the model goes, the one that was asked for among them. */
export function fitTable(facts: FitFacts, intent: FitIntent, { trial }: Pick<FitAnswer, 'trial'>): FitTable {
  const { setup, estimate } = trial
  const limit = facts.maxContext ?? Math.max(131_072, estimate.contextLength)
  const usual = usualContexts(limit)
  const contexts = [...new Set([...usual, estimate.contextLength])].toSorted((a, b) => a - b)
  const formats = [...new Set([...formatsOf(facts, estimate.engine), setup.quantization])]
  const rows = formats.map((quantization) => ({
    quantization,
    trials: contexts.map((contextLength) => tryOut(facts, intent, { ...setup, contextLength, quantization })),
  }))
  return { contexts, rows }
}
