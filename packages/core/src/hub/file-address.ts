import { HubgateError } from '../errors.ts'
import { endpointText } from '../settings/endpoint.ts'
import type { HubClient } from './client.ts'
import { type FileReference, filePath, type ResolvedFile, resolveFile, storageOf } from './resolve-file.ts'

/** What is known of a file before it is asked for: from the listing of its commit. */
export interface ListedFile extends FileReference {
  /** A commit hash: a branch could lead to other bytes meanwhile. */
  readonly revision: string
  readonly etag: string
  readonly sizeBytes: number
}

/** The address of a file's bytes, asked for when first needed and again when its signature has ended. For many at once. */
export class FileAddress {
  readonly #client: HubClient
  #file: FileReference
  #current: Promise<ResolvedFile> | undefined
  readonly #expected: ListedFile | undefined

  /** @param expected what the file must still be when its address is asked for */
  constructor(client: HubClient, file: FileReference, expected?: ListedFile) {
    this.#client = client
    this.#file = file
    this.#expected = expected
  }

  /** Begins with the Hub's own address, which leads on to the bytes: one question less, for files that need but one answer. */
  static direct(client: HubClient, file: ListedFile): FileAddress {
    const address = new FileAddress(client, file, file)
    const downloadUrl = new URL(`${endpointText(client.settings.endpoint)}${filePath(file)}`)
    const storage = storageOf(file.etag) ?? 'lfs'
    address.#current = Promise.resolve({
      ...file,
      commitHash: file.revision,
      storage,
      downloadUrl,
      expiresAt: undefined,
    })
    return address
  }

  /** @throws {HubgateError} as `resolveFile`; the next call asks again */
  async get(signal?: AbortSignal): Promise<ResolvedFile> {
    this.#current ??= this.#ask(signal)
    const asked = this.#current
    try {
      const resolved = await asked
      // A branch may move while its file is read: every later answer must be of the same commit.
      this.#file = { ...this.#file, revision: resolved.commitHash }
      return resolved
    } catch (error) {
      if (this.#current === asked) this.#current = undefined
      throw error
    }
  }

  /** Forgets an address that did not work, unless somebody else has renewed it already. */
  async renew(stale: ResolvedFile, signal?: AbortSignal): Promise<ResolvedFile> {
    const known = this.#current
    const current = await this.get(signal)
    // Of several who find it stale at once, the first has asked already.
    if (current === stale && this.#current === known) this.#current = undefined
    return this.get(signal)
  }

  async #ask(signal: AbortSignal | undefined): Promise<ResolvedFile> {
    const resolved = await resolveFile(this.#client, this.#file, { signal })
    const expected = this.#expected
    if (expected === undefined || (resolved.etag === expected.etag && resolved.sizeBytes === expected.sizeBytes))
      return resolved
    const message = `Cannot get ${expected.path}: the Hub says that it is not what it listed`
    throw new HubgateError('ERR_INTEGRITY', message, {
      path: expected.path,
      expected: `${expected.etag}, ${expected.sizeBytes} bytes`,
      actual: `${resolved.etag}, ${resolved.sizeBytes} bytes`,
    })
  }
}
