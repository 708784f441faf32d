import type { AccountKey } from './access-repository.ts'

/** A gate somebody wants to hear of. */
export interface StoredWatch extends AccountKey {
  /** UUIDv7. */
  readonly id: string
  readonly modelId: string
  readonly addedAt: string
  /** What was told last; `undefined` before the first check. */
  readonly told: ToldAccess | undefined
}

export interface ToldAccess {
  readonly state: string
  readonly gated: false | 'auto' | 'manual' | true | null
  /** ISO 8601 moment. */
  readonly checkedAt: string
}

/** Which gates are watched, and what was last told of each, so that a change is told once and never missed. */
export interface WatchRepository {
  /** Gives the watch there is for that model, whatever the case of its id, or a new one. */
  add(
    watch: AccountKey & { readonly id: string; readonly modelId: string },
  ): Promise<{ readonly watch: StoredWatch; readonly isNew: boolean }>
  /** Oldest first. */
  list(key: AccountKey): Promise<readonly StoredWatch[]>
  /** `false` where there was none. */
  remove(watch: AccountKey & { readonly modelId: string }): Promise<boolean>
  /** Remembers what was told; nothing happens where the watch is gone. */
  told(id: string, told: ToldAccess): Promise<void>
}
