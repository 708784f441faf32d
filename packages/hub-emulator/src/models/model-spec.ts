import type { EmulatedModel, Gate } from './model.ts'
import { MAIN, repoOfFiles } from './repo.ts'
import { type FileSpec, repoFiles } from './repo-file.ts'

/** A model as a test lays it: all but the id may be left out. */
export interface ModelSpec {
  /** `org/name`, or a bare old name. */
  readonly id: string
  /** Names it had before; each leads here by a 307. */
  readonly formerIds?: readonly string[]
  /** @default false */
  readonly gated?: Gate
  readonly private?: boolean
  /** Taken down by the Hub. */
  readonly disabled?: boolean
  /** Members of the owning organisation must ask as well. */
  readonly orgMembersGated?: boolean
  /** Name of the account that made it; passes the gate always. */
  readonly creator?: string
  /** Label to type, as in `extra_gated_fields`. */
  readonly gatedFields?: Readonly<Record<string, unknown>>
  /** What is on `main`. @default what a model of these facts would have */
  readonly files?: Readonly<Record<string, FileSpec>>
  /** What is on other refs, by full name: `refs/heads/dev`, `refs/tags/v1`, `refs/pr/1`. */
  readonly refs?: Readonly<Record<string, Readonly<Record<string, FileSpec>>>>
  readonly downloads?: number
  readonly likes?: number
  readonly trendingScore?: number
  readonly createdAt?: string
  readonly lastModified?: string
  /** @default text-generation; `null` for none */
  readonly pipelineTag?: string | null
  /** @default transformers; `null` for none */
  readonly library?: string | null
  readonly license?: string
  readonly baseModel?: { readonly id: string; readonly relation: string }
  readonly tags?: readonly string[]
  readonly params?: number
  readonly paramsByDtype?: Readonly<Record<string, number>>
  readonly architecture?: string
  readonly modelType?: string
  readonly config?: Readonly<Record<string, unknown>>
  readonly contextLength?: number
  readonly inferenceProviders?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Laid over the JSON of details and list rows as it is. */
  readonly extraFields?: Readonly<Record<string, unknown>>
}

export function modelOfSpec(spec: ModelSpec, key: string): EmulatedModel {
  const lastModified = Date.parse(spec.lastModified ?? '2026-08-02T10:00:00.000Z')
  return {
    key,
    id: spec.id,
    gated: spec.gated ?? false,
    isPrivate: spec.private ?? false,
    isDisabled: spec.disabled ?? false,
    orgMembersGated: spec.orgMembersGated ?? false,
    creator: spec.creator,
    downloads: spec.downloads ?? 1200,
    likes: spec.likes ?? 41,
    trendingScore: spec.trendingScore ?? 3,
    createdAt: Date.parse(spec.createdAt ?? '2026-07-01T08:00:00.000Z'),
    lastModified,
    pipelineTag: spec.pipelineTag === undefined ? 'text-generation' : (spec.pipelineTag ?? undefined),
    library: spec.library === undefined ? 'transformers' : (spec.library ?? undefined),
    license: spec.license,
    baseModel: spec.baseModel,
    tags: spec.tags ?? [],
    params: spec.params,
    paramsByDtype: spec.paramsByDtype,
    architecture: spec.architecture ?? 'LlamaForCausalLM',
    modelType: spec.modelType ?? 'llama',
    config: spec.config ?? {},
    contextLength: spec.contextLength ?? 4096,
    gatedFields: spec.gatedFields ?? {},
    inferenceProviders: spec.inferenceProviders ?? {},
    extraFields: spec.extraFields ?? {},
    repo: repoOfSpec(spec, key, lastModified),
  }
}

function repoOfSpec({ files, refs = {} }: ModelSpec, key: string, date: number): EmulatedModel['repo'] {
  if (files === undefined && Object.keys(refs).length === 0) return undefined
  const all = { [MAIN]: files ?? {}, ...refs }
  const laid = Object.entries(all).map(([ref, list]) => [ref, repoFiles(list)] as const)
  return repoOfFiles(key, Object.fromEntries(laid), date)
}
