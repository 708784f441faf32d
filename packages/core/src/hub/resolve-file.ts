import { HubgateError } from '../errors.ts'
import { isSha1, isSha256 } from '../util/hex-digest.ts'
import type { HubAnswer } from './answer.ts'
import { mayLeadTo, shownUrl } from './byte-address.ts'
import type { HubClient } from './client.ts'
import { encodeModelId } from './model-id.ts'
import { refusalError } from './refusal.ts'

/** A file of a model, as a person names it. */
export interface FileReference {
  readonly modelId: string
  /** Branch, tag, commit or `refs/pr/N`. @default 'main' */
  readonly revision?: string
  /** From the root of the repo, with `/` between folders. */
  readonly path: string
}

/** How the Hub keeps a file, and so what its etag is: the git SHA-1 of the blob, or the SHA-256 of the content. */
export type FileStorage = 'git' | 'lfs'

export interface ResolvedFile {
  readonly modelId: string
  readonly path: string
  /** 40 hex digits. */
  readonly commitHash: string
  /** 40 or 64 hex digits: the name of the blob. */
  readonly etag: string
  readonly storage: FileStorage
  readonly sizeBytes: number
  /** Where the bytes are. It may be signed: it opens the file to anyone who sees it, so it is never shown. */
  readonly downloadUrl: URL
  /** When the signature ends; `undefined` where the address does not say. */
  readonly expiresAt: Date | undefined
}

/**
 * Where a file is, and what its bytes must be. Reads the Hub's own first answer: the place that keeps the bytes has another etag.
 * @throws {HubgateError} `ERR_ACCESS_REFUSED`, `ERR_MODEL_NOT_FOUND`, `ERR_REVISION_NOT_FOUND`, `ERR_FILE_NOT_FOUND`, `ERR_MODEL_DISABLED`,
 * `ERR_TOKEN_INVALID`, `ERR_HUB_ANSWER`, and see `HubClient.send`
 * @see hub-protocol 6.2, 6.3
 */
export async function resolveFile(
  client: HubClient,
  file: FileReference,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<ResolvedFile> {
  const answer = await client.send({
    method: 'HEAD',
    path: filePath(file),
    // Packed answers have neither a length nor the file's etag.
    headers: { 'accept-encoding': 'identity' },
    redirects: 'relative',
    signal,
  })
  return readResolved(answer, file, client.settings.endpoint)
}

/** The address of a file below the endpoint. */
export function filePath({ modelId, revision = 'main', path }: FileReference): string {
  const parts = path.split('/').map(encodeURIComponent).join('/')
  return `/${encodeModelId(modelId)}/resolve/${encodeURIComponent(revision)}/${parts}`
}

/** Reads the first answer of `/resolve/`. @throws {HubgateError} as `resolveFile` */
function readResolved(answer: HubAnswer, file: FileReference, endpoint: URL): ResolvedFile {
  const { status, headers } = answer
  const isRedirect = status >= 300 && status < 400 && headers['location'] !== undefined
  if (status !== 200 && !isRedirect) throw refusalError(answer, file.modelId, file)
  const commitHash = headers['x-repo-commit'] ?? ''
  if (!isSha1(commitHash)) return refuse(answer, 'it names no commit, so it does not come from a Hub')
  const etag = normalizeEtag(headers['x-linked-etag'] ?? headers['etag'])
  const storage = storageOf(etag)
  if (etag === undefined || storage === undefined)
    return refuse(answer, 'its etag is no hash, so the bytes could not be verified')
  const sizeBytes = readSize(headers['x-linked-size'] ?? (isRedirect ? undefined : headers['content-length']))
  if (sizeBytes === undefined) return refuse(answer, 'it does not say how large the file is')
  const downloadUrl = URL.parse(headers['location'] ?? answer.url, answer.url)
  if (downloadUrl === null) return refuse(answer, 'where its bytes lie is no address')
  if (!mayLeadTo(endpoint, downloadUrl)) return refuse(answer, `its bytes lie at ${downloadUrl.protocol}//`)
  return {
    modelId: file.modelId,
    path: file.path,
    commitHash,
    etag,
    storage,
    sizeBytes,
    downloadUrl,
    expiresAt: expiryOf(downloadUrl),
  }
}

/** Without the mark of a weak etag and without quotes. @example normalizeEtag('W/"abc"') // 'abc' */
export function normalizeEtag(etag: string | undefined): string | undefined {
  return etag?.replace(/^W\//, '').replace(/^"(.*)"$/, '$1')
}

/** What kind of hash a normalised etag is; `undefined` for one that is no hash. @see hub-protocol 6.3 */
export function storageOf(etag: string | undefined): FileStorage | undefined {
  if (etag === undefined) return undefined
  return isSha1(etag) ? 'git' : isSha256(etag) ? 'lfs' : undefined
}

function readSize(text: string | undefined): number | undefined {
  const size = text !== undefined && /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(size) ? size : undefined
}

/** @see hub-protocol 6.4: `Expires` in seconds, on older addresses `X-Amz-Date` and `X-Amz-Expires` */
function expiryOf({ searchParams }: URL): Date | undefined {
  const expires = Number(searchParams.get('Expires') ?? Number.NaN)
  if (Number.isFinite(expires)) return new Date(expires * 1000)
  const signed = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(searchParams.get('X-Amz-Date') ?? '')
  const seconds = Number(searchParams.get('X-Amz-Expires') ?? Number.NaN)
  if (signed === null || !Number.isFinite(seconds)) return undefined
  const [, year, month, day, hour, minute, second] = signed
  return new Date(Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) + seconds * 1000)
}

function refuse(answer: HubAnswer, why: string): never {
  throw new HubgateError('ERR_HUB_ANSWER', `Cannot read the Hub's answer about a file: ${why}`, {
    url: shownUrl(new URL(answer.url)),
    reason: 'file',
  })
}
