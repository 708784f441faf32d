import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { madeUpId } from '../files/hashes.ts'
import type { EmulatedModel, Gate } from './model.ts'

export interface WellKnownModels {
  readonly models: readonly EmulatedModel[]
  /** Former id to present id. */
  readonly renames: ReadonlyMap<string, string>
}

const list = new URL('../../../core/data/curated.json', import.meta.url)

const text = z.string()
const facts = z.object({
  gated: fact(z.unknown()),
  downloads: fact(z.number()),
  params: fact(z.number()),
  paramsByDtype: fact(z.record(text, z.number())),
  pipelineTag: fact(text),
  library: fact(text),
  license: fact(text),
  baseModel: fact(text),
  tags: fact(z.array(text)),
  architecture: fact(text),
  modelType: fact(text),
  config: fact(z.record(text, z.unknown())),
  contextLength: fact(z.number()),
})
const shape = z.object({ models: z.array(z.object({ id: text, formerIds: z.array(text).default([]), facts })) })

function fact<T>(value: z.ZodType<T>): z.ZodType<T | undefined> {
  return z
    .object({ value })
    .optional()
    .transform((found) => found?.value)
}

/** The models of the curated list. Only its data is shared: no code of ours reads it here. */
export function loadWellKnownModels(): WellKnownModels {
  const { models } = shape.parse(JSON.parse(readFileSync(list, 'utf8')))
  return {
    models: models.map(wellKnownModel),
    renames: new Map(models.flatMap(({ id, formerIds }) => formerIds.map((former) => [former, id]))),
  }
}

function wellKnownModel(listed: z.infer<typeof shape>['models'][number], index: number): EmulatedModel {
  const known = listed.facts
  const gated = gateOf(known.gated)
  const relation = known.library === 'gguf' ? 'quantized' : 'finetune'
  return {
    key: madeUpId(`model ${listed.id}`).slice(0, 24),
    id: listed.id,
    gated,
    isPrivate: false,
    isDisabled: false,
    orgMembersGated: false,
    creator: undefined,
    downloads: known.downloads ?? 1000,
    likes: 100 + ((index * 37) % 5000),
    trendingScore: (index * 13) % 90,
    createdAt: Date.UTC(2024, 0, 1) + index * 86_400_000,
    lastModified: Date.UTC(2025, 6, 1) + index * 43_200_000,
    pipelineTag: known.pipelineTag ?? 'text-generation',
    library: known.library,
    license: known.license,
    baseModel: known.baseModel === undefined ? undefined : { id: known.baseModel, relation },
    tags: known.tags ?? [],
    params: known.params,
    paramsByDtype: known.paramsByDtype,
    architecture: known.architecture ?? 'LlamaForCausalLM',
    modelType: known.modelType ?? 'llama',
    config: known.config ?? {},
    contextLength: known.contextLength ?? 4096,
    gatedFields: gated === false ? {} : { Name: 'text', Country: 'country', 'I accept the terms': 'checkbox' },
    inferenceProviders: {},
    extraFields: {},
    repo: undefined,
  }
}

/** A bare `true` in old listings stood for a gate that a person opens. */
function gateOf(value: unknown): Gate {
  if (value === 'auto') return 'auto'
  return value === 'manual' || value === true ? 'manual' : false
}
