import { HubgateError } from '../errors.ts'
import { isSha1, isSha256 } from '../util/hex-digest.ts'
import { asString, asWholeNumber, isObject } from '../util/json.ts'
import { answerJson, type HubAnswer } from './answer.ts'
import type { HubClient } from './client.ts'
import { modelPath } from './model-id.ts'
import { nextPageParams } from './pagination.ts'
import { refusalError } from './refusal.ts'
import { unexpectedShape } from './unexpected-shape.ts'

/** A file of a commit, as the tree call lists it. Its path is the Hub's word: nobody has checked it yet. */
export interface TreeFile {
  readonly type: 'file'
  readonly path: string
  /** Of the content, also where that is kept outside git. */
  readonly sizeBytes: number
  /** 40 hex: the git blob; of a file kept outside git, the blob of its pointer. */
  readonly oid: string
  readonly lfs?: TreeLfs
}

export interface TreeLfs {
  /** 64 hex; absent where the Hub masks it, because this caller has no access. */
  readonly sha256?: string
  readonly sizeBytes: number
}

export interface TreeFolder {
  readonly type: 'directory'
  readonly path: string
  readonly oid: string
}

export type TreeEntry = TreeFile | TreeFolder

export interface TreePage {
  readonly entries: readonly TreeEntry[]
  /** Entries that could not be read, which were left out. A plan made from such a page is not whole. */
  readonly unreadable: number
}

export interface TreeOptions {
  /** Branch, tag, commit or `refs/pr/N`. @default 'main' */
  readonly revision?: string
  /** A folder; the root where absent. */
  readonly path?: string
  /** All depths. @default true */
  readonly recursive?: boolean
  readonly signal?: AbortSignal | undefined
}

const MAX_PATH_LENGTH = 4096

/**
 * Pages of a commit's files, 1000 entries each.
 * @throws {HubgateError} `ERR_MODEL_NOT_FOUND`, `ERR_REVISION_NOT_FOUND`, `ERR_MODEL_DISABLED`, `ERR_TOKEN_INVALID`, `ERR_HUB_STATUS`, `ERR_HUB_ANSWER`, and see `HubClient.send`
 * @see hub-protocol 3.1 and 3.2
 */
export async function* listTree(
  client: HubClient,
  modelId: string,
  options: TreeOptions = {},
): AsyncGenerator<TreePage> {
  const { revision = 'main', path: folder, recursive = true, signal } = options
  const below = folder === undefined ? '' : `/${folder.split('/').map(encodeURIComponent).join('/')}`
  const path = `${modelPath(modelId)}/tree/${encodeURIComponent(revision)}${below}`
  const asked = new Set<string>()
  let params: URLSearchParams | undefined = new URLSearchParams({ recursive: String(recursive) })
  while (params !== undefined) {
    asked.add(params.toString())
    const answer = await client.send({ path, query: params, signal })
    if (answer.status !== 200) throw refusalError(answer, modelId, { revision })
    const rows = answerJson(answer)
    if (!Array.isArray(rows)) throw unexpectedShape(answer, 'a list of files')
    const entries = rows.flatMap((row) => parseTreeEntry(row) ?? [])
    params = rows.length === 0 ? undefined : nextPageParams(answer)
    if (params !== undefined && asked.has(params.toString())) refuseCircle(answer)
    yield { entries, unreadable: rows.length - entries.length }
  }
}

/** Narrows one entry of a tree or `paths-info` answer; `undefined` when it cannot be used. */
export function parseTreeEntry(value: unknown): TreeEntry | undefined {
  if (!isObject(value)) return undefined
  const path = asString(value['path'])
  const oid = asString(value['oid'])
  if (path === undefined || path === '' || path.length > MAX_PATH_LENGTH) return undefined
  if (oid === undefined || !isSha1(oid)) return undefined
  if (value['type'] === 'directory') return { type: 'directory', path, oid }
  const sizeBytes = asWholeNumber(value['size'])
  if (value['type'] !== 'file' || sizeBytes === undefined) return undefined
  if (value['lfs'] === undefined || value['lfs'] === null) return { type: 'file', path, sizeBytes, oid }
  const lfs = parseLfs(value['lfs'])
  return lfs === undefined ? undefined : { type: 'file', path, sizeBytes: lfs.sizeBytes, oid, lfs }
}

/** A masked hash has the right length and the wrong alphabet: 64 asterisks. */
function parseLfs(value: unknown): TreeLfs | undefined {
  if (!isObject(value)) return undefined
  const sizeBytes = asWholeNumber(value['size'])
  const sha256 = asString(value['oid']) ?? ''
  if (sizeBytes === undefined) return undefined
  return isSha256(sha256) ? { sha256, sizeBytes } : { sizeBytes }
}

function refuseCircle({ url }: HubAnswer): never {
  const message = "Cannot read the Hub's answer: its pages lead round in a circle"
  throw new HubgateError('ERR_HUB_ANSWER', message, { url, reason: 'link' })
}
