import type { FitFacts } from './fit-facts.ts'
import { formatsOf } from './quantizations.ts'
import { holderOf } from './relatives.ts'
import type { Verdict } from './verdict.ts'
import type { Ways } from './ways.ts'

export type QuantisedVerdict = Verdict & { readonly kind: 'quantised' }

/** The best smaller format that fits, among those that a known repository has; where none has one, the best of all. */
export function quantisedFit(facts: FitFacts, ways: Ways): QuantisedVerdict | undefined {
  let unheldFit: QuantisedVerdict | undefined
  for (const quantization of formatsOf(facts, ways.engine).slice(1)) {
    if (quantization === ways.quantization) continue
    const modelId = holderOf(facts, quantization)
    if (modelId === undefined && unheldFit !== undefined) continue
    const trial = ways.best(quantization)
    if (trial.level !== 'fits') continue
    const { spareBytes, setup } = trial
    const fit: QuantisedVerdict = { kind: 'quantised', gpuCount: setup.count, quantization, modelId, spareBytes }
    if (modelId !== undefined) return fit
    unheldFit = fit
  }
  return unheldFit
}
