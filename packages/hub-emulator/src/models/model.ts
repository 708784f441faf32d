import type { Content } from '../files/content.ts'

/** The three positions of a gate. */
export type Gate = false | 'auto' | 'manual'

/** A file of one commit. */
export interface RepoFile {
  readonly path: string
  readonly content: Content
  /** Kept outside git: served by the CDN, named by its SHA-256. */
  readonly isLfs: boolean
  /** What the Hub claims of it where that is not the truth, or is known without reading it through. */
  readonly announced: { readonly size?: number | undefined; readonly sha256?: string | undefined } | undefined
}

export interface Commit {
  /** 40 hex. */
  readonly id: string
  readonly parent: string | undefined
  readonly title: string
  /** Milliseconds since 1970. */
  readonly date: number
  /** In order of path. */
  readonly files: readonly RepoFile[]
}

/** Everything in a repository; branches, tags and pull requests by full name: `refs/heads/main`. */
export interface Repo {
  readonly refs: ReadonlyMap<string, string>
  readonly commits: ReadonlyMap<string, Commit>
}

/** A model as the Hub holds it. Never changed: a change makes another one. */
export interface EmulatedModel {
  /** 24 hex; stays the same across renames. */
  readonly key: string
  readonly id: string
  readonly gated: Gate
  readonly isPrivate: boolean
  readonly isDisabled: boolean
  /** Members of the owning organisation need to ask as well, but its admins and the repo's creator. */
  readonly orgMembersGated: boolean
  readonly creator: string | undefined
  readonly downloads: number
  readonly likes: number
  readonly trendingScore: number
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly lastModified: number
  readonly pipelineTag: string | undefined
  readonly library: string | undefined
  readonly license: string | undefined
  readonly baseModel: { readonly id: string; readonly relation: string } | undefined
  /** Tags of its own, besides those made from the fields above. */
  readonly tags: readonly string[]
  readonly params: number | undefined
  readonly paramsByDtype: Readonly<Record<string, number>> | undefined
  readonly architecture: string
  readonly modelType: string
  /** What `config.json` holds besides architecture and type. */
  readonly config: Readonly<Record<string, unknown>>
  readonly contextLength: number
  /** Asked for: what a person types to get in. */
  readonly gatedFields: Readonly<Record<string, unknown>>
  /** By provider. */
  readonly inferenceProviders: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Laid over what the Hub says of the model in details and lists: odd shapes for those who must bear them. */
  readonly extraFields: Readonly<Record<string, unknown>>
  /** Set where the repository was laid by hand; otherwise it is made from the fields above. */
  readonly repo: Repo | undefined
}

/** The owner's name; empty for an old bare name such as `gpt2`. */
export function authorOf({ id }: EmulatedModel): string {
  return id.includes('/') ? id.slice(0, id.indexOf('/')) : ''
}

/** The `tags` array as the Hub gives it. */
export function tagsOf(model: EmulatedModel): string[] {
  const { library, pipelineTag, license, baseModel, modelType } = model
  const tags = [
    ...(library === undefined ? [] : [library]),
    ...(library === 'transformers' ? ['safetensors', modelType] : []),
    ...model.tags,
    ...(pipelineTag === undefined ? [] : [pipelineTag]),
    ...(baseModel === undefined
      ? []
      : [`base_model:${baseModel.id}`, `base_model:${baseModel.relation}:${baseModel.id}`]),
    ...(license === undefined ? [] : [`license:${license}`]),
    'region:us',
  ]
  return [...new Set(tags)]
}
