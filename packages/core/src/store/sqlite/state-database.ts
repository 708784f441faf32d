import { DatabaseSync } from 'node:sqlite'
import { hasErrorCode } from '../../errors.ts'
import { migrate } from './migrate.ts'
import { operate } from './operate.ts'
import type { Answer, Request } from './request.ts'
import { isCorruption, storeError } from './sqlite-errors.ts'
import { moveAside, prepareFile, type StateFile } from './state-file.ts'

export interface StateDatabaseOptions {
  /** `undefined`: in memory. */
  readonly folder: string | undefined
  readonly inMemoryIfUnusable: boolean
  /** How long another process that writes is waited for. */
  readonly busyTimeoutMs: number
}

/** The database, opened by the first request, and what had to be done to have it open. */
export class StateDatabase {
  readonly #inMemoryIfUnusable: boolean
  readonly #busyTimeoutMs: number
  #folder: string | undefined
  #file: StateFile | undefined
  #database: DatabaseSync | undefined
  #notices: string[] = []

  constructor({ folder, inMemoryIfUnusable, busyTimeoutMs }: StateDatabaseOptions) {
    this.#folder = folder
    this.#inMemoryIfUnusable = inMemoryIfUnusable
    this.#busyTimeoutMs = busyTimeoutMs
  }

  /** @throws {HubgateError} `ERR_STORE`, `ERR_STORE_NEWER` */
  answer(request: Request): Answer {
    try {
      return this.#attempt(request)
    } catch (error) {
      // Damage shows where it is read, which may be long after opening.
      if (this.#file === undefined || !isCorruption(error)) throw storeError(error, this.#file?.path)
      this.#replace(this.#file)
    }
    try {
      return this.#attempt(request)
    } catch (error) {
      throw storeError(error, this.#file?.path)
    }
  }

  close(): void {
    this.#database?.close()
    this.#database = undefined
  }

  #attempt(request: Request): Answer {
    this.#database ??= this.#open()
    const value = operate({ database: this.#database, nowMs: () => request.nowMs ?? Date.now() }, request)
    const notices = this.#notices
    this.#notices = []
    return { value, notices }
  }

  #open(): DatabaseSync {
    if (this.#folder === undefined) return openAt(undefined, 0)
    try {
      this.#file = prepareFile(this.#folder)
      return openAt(this.#file.path, this.#busyTimeoutMs)
    } catch (error) {
      if (isCorruption(error)) throw error
      const explained = storeError(error, this.#folder)
      if (!this.#inMemoryIfUnusable || !isUnusable(explained)) throw explained
      this.#notices.push(`${explained.message}; nothing of this run is remembered`)
      this.#folder = undefined
      this.#file = undefined
      return openAt(undefined, 0)
    }
  }

  #replace(file: StateFile): void {
    this.close()
    try {
      this.#notices.push(...moveAside(file, new Date()))
    } catch (error) {
      throw storeError(error, file.path)
    }
  }
}

function isUnusable(error: unknown): error is Error {
  return hasErrorCode(error, 'ERR_STORE_NEWER') || hasErrorCode(error, 'ERR_STORE')
}

function openAt(path: string | undefined, timeout: number): DatabaseSync {
  const database = new DatabaseSync(path ?? ':memory:', { timeout })
  try {
    migrate(database, path)
    // Readers and a writer then do not wait for each other. A power cut may lose the last moments, never the whole.
    if (path !== undefined) database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}
