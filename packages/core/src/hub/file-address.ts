import type { HubClient } from './client.ts'
import { type FileReference, type ResolvedFile, resolveFile } from './resolve-file.ts'

/** The address of a file's bytes, asked for when first needed and again when its signature has ended. For many at once. */
export class FileAddress {
  readonly #client: HubClient
  #file: FileReference
  #current: Promise<ResolvedFile> | undefined

  constructor(client: HubClient, file: FileReference) {
    this.#client = client
    this.#file = file
  }

  /** @throws {HubgateError} as `resolveFile`; the next call asks again */
  async get(signal?: AbortSignal): Promise<ResolvedFile> {
    this.#current ??= resolveFile(this.#client, this.#file, { signal })
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
    const current = await this.get(signal)
    if (current === stale && this.#current !== undefined) this.#current = undefined
    return this.get(signal)
  }
}
