import { type ModelFactsForMemory, weightsFigure } from '@hubgate/core/memory'
import type { CuratedFact, CuratedModel } from './curate-model.ts'

/** The three labels that the specification itself gives, in GB. */
const specifiedLabels: ReadonlyMap<string, number> = new Map([
  ['meta-llama/Llama-3.1-8B-Instruct', 16],
  ['meta-llama/Llama-3.1-405B-Instruct', 810],
  ['Qwen/Qwen2.5-1.5B-Instruct', 4],
])

type Facts = CuratedModel['facts']

/** The model with its memory figure recomputed from its other facts: weights in their published format, in GB rounded up. */
export function withMemory(model: CuratedModel): CuratedModel {
  const memory = memoryFact(model)
  const kept = Object.entries(model.facts).filter(([name]) => name !== 'memory')
  const before = kept.findIndex(([name]) => name === 'category')
  const added: [string, CuratedFact][] = memory === undefined ? [] : [['memory', memory]]
  return { ...model, facts: Object.fromEntries(kept.toSpliced(Math.max(0, before), 0, ...added)) }
}

function memoryFact({ id, facts }: CuratedModel): CuratedFact | undefined {
  const specified = specifiedLabels.get(id)
  if (specified !== undefined)
    return { value: { label: `${specified}GB`, bytes: specified * 1e9, basis: 'specification' }, source: 'seed' }
  const figure = weightsFigure(factsForMemory(id, facts))
  if (figure === undefined) return undefined
  const { bytes, basis } = figure
  const field = facts['weightsBytes'] ?? facts['ggufFilesBytes']
  const source = basis === 'files' ? (field?.source ?? 'derived') : 'derived'
  return { value: { label: `${Math.ceil(bytes / 1e9)}GB`, bytes, basis }, source }
}

const names = [
  'config',
  'modelType',
  'architecture',
  'activeParams',
  'paramsByDtype',
  'quantization',
  'weightsBytes',
  'ggufFilesBytes',
  'tags',
] as const

function factsForMemory(id: string, facts: Facts): ModelFactsForMemory {
  const known = names.flatMap((name) => (facts[name] === undefined ? [] : [[name, facts[name].value] as const]))
  const params = facts['params'] === undefined ? {} : { paramsTotal: facts['params'].value as number }
  return { ...(Object.fromEntries(known) as ModelFactsForMemory), ...params, name: id }
}
