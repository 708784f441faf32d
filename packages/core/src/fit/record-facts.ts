import { factOf } from '../catalog/merge.ts'
import type { ModelRecord } from '../catalog/record.ts'
import { chooseQuantization } from '../memory/choose-quantization.ts'
import type { ModelFactsForMemory } from '../memory/facts.ts'
import { readShape } from '../memory/model-shape.ts'
import { withoutCopies } from '../memory/without-copies.ts'
import type { FitFacts, Relative } from './fit-facts.ts'

/**
 * What the catalog knows of a model, for judging whether it fits: no file, no call.
 * @param relatives see `relativesAmong`
 */
export function recordFacts(record: ModelRecord, relatives: readonly Relative[] = []): FitFacts {
  return makeFacts(record.id, memoryFacts(record), {
    maxContext: factOf(record, 'contextLength'),
    relatives,
    notes: [],
  })
}

/** Settles what is derived: the published format and the longest context. */
export function makeFacts(
  id: string,
  model: ModelFactsForMemory,
  { maxContext, relatives, notes }: Pick<FitFacts, 'maxContext' | 'relatives' | 'notes'>,
): FitFacts {
  return {
    id,
    model,
    quantization: chooseQuantization(model, undefined).quantization.label,
    maxContext: maxContext ?? readShape(model.config)?.maxPositions,
    relatives,
    notes,
  }
}

/** The facts of a record that memory arithmetic reads. */
export function memoryFacts(record: ModelRecord): ModelFactsForMemory {
  const facts: { [K in keyof ModelFactsForMemory]?: ModelFactsForMemory[K] | undefined } = {
    name: record.id,
    config: factOf(record, 'config'),
    modelType: factOf(record, 'modelType'),
    architecture: factOf(record, 'architecture'),
    paramsTotal: factOf(record, 'params'),
    paramsByDtype: factOf(record, 'paramsByDtype'),
    activeParams: factOf(record, 'activeParams'),
    quantization: factOf(record, 'quantization'),
    weightsBytes: factOf(record, 'weightsBytes'),
    ggufFilesBytes: factOf(record, 'ggufFilesBytes'),
    tags: factOf(record, 'tags'),
  }
  return withoutCopies(Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)))
}
