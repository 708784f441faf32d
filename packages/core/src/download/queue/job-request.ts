import { createHash } from 'node:crypto'
import { asBoolean, asString, asStrings, isObject } from '../../util/json.ts'
import type { FileChoice } from '../plan-choice.ts'

/** What a download job is to do. */
export interface JobRequest {
  /** The Hub to ask. */
  readonly endpoint: string
  /** As the Hub spells it. */
  readonly modelId: string
  /** Branch, tag, commit or `refs/pr/N`: what the snapshot is remembered under. */
  readonly revision: string
  /** What it resolved to when the job was added, where that was known: then this commit is fetched, whatever moves. */
  readonly commitHash?: string
  readonly choice: FileChoice
  /** A folder of the user's in place of the cache; absolute. */
  readonly localFolder?: string
  /** Wait for a gate that can still open, instead of failing at it. */
  readonly whenGranted: boolean
}

export function formatJobRequest(request: JobRequest): string {
  return JSON.stringify(request)
}

/**
 * Reads what `formatJobRequest` wrote: it was on disk meanwhile.
 * @throws {TypeError} for anything else
 */
export function parseJobRequest(json: string): JobRequest {
  const value: unknown = JSON.parse(json)
  const choice = isObject(value) ? parseChoice(value['choice']) : undefined
  if (!isObject(value) || choice === undefined) return refuse('its file choice')
  const commitHash = asString(value['commitHash'])
  const localFolder = asString(value['localFolder'])
  return {
    endpoint: asString(value['endpoint']) ?? refuse('endpoint'),
    modelId: asString(value['modelId']) ?? refuse('modelId'),
    revision: asString(value['revision']) ?? refuse('revision'),
    choice,
    whenGranted: asBoolean(value['whenGranted']) ?? refuse('whenGranted'),
    ...(commitHash === undefined ? {} : { commitHash }),
    ...(localFolder === undefined ? {} : { localFolder }),
  }
}

/**
 * Equal for requests that ask for the same files at the same place. Their order in a list does not count, nor does the case of
 * an id; a revision counts only while nobody knows its commit.
 */
export function jobKey({ endpoint, modelId, revision, commitHash, choice, localFolder }: JobRequest): string {
  const parts = [
    endpoint,
    modelId.toLowerCase(),
    commitHash ?? `revision ${revision}`,
    choice.all ?? false,
    choice.quantization?.toUpperCase() ?? null,
    choice.include?.toSorted() ?? null,
    choice.exclude?.toSorted() ?? [],
    localFolder ?? null,
  ]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

function parseChoice(value: unknown): FileChoice | undefined {
  if (!isObject(value)) return undefined
  const include = asStrings(value['include'])
  const exclude = asStrings(value['exclude'])
  const quantization = asString(value['quantization'])
  const all = asBoolean(value['all'])
  return {
    ...(include === undefined ? {} : { include }),
    ...(exclude === undefined ? {} : { exclude }),
    ...(quantization === undefined ? {} : { quantization }),
    ...(all === undefined ? {} : { all }),
  }
}

function refuse(what: string): never {
  throw new TypeError(`Cannot read a job: ${what} is missing or of another kind`)
}
