import path from 'node:path'
import { type AccessChecker, createAccessChecker } from '../access/check/checker.ts'
import { type Disk, realDisk } from '../cache/disk.ts'
import { assertLocalFolder } from '../cache/local-folder.ts'
import type { Hasher } from '../hashing/hasher.ts'
import type { HubClient } from '../hub/client.ts'
import type { Store } from '../store/store.ts'
import { cacheTarget } from './cache-target.ts'
import type { DownloadSnapshotOptions } from './download-options.ts'
import type { DownloadEvent } from './events.ts'
import { keptFolder } from './kept-folder.ts'
import { localTarget } from './local-target.ts'
import type { FileChoice } from './plan-choice.ts'
import type { SnapshotSubject } from './snapshot-subject.ts'
import type { SnapshotTarget } from './target.ts'

/** What one download works with: its options with every default settled. */
export interface DownloadSession {
  readonly client: HubClient
  readonly store: Store | undefined
  readonly checker: AccessChecker
  readonly hasher: Hasher
  readonly disk: Disk
  readonly hubCache: string
  readonly listingFolder: string
  readonly localFolder: string | undefined
  readonly canLink: boolean | undefined
  readonly choice: FileChoice
  readonly revision: string
  readonly commitHash: string | undefined
  readonly commitAsOf: Date | undefined
  readonly platform: string | undefined
  readonly signal: AbortSignal
  readonly tell: (event: DownloadEvent) => void
  readonly now: () => Date
}

/** @throws {TypeError} for a local folder that is not absolute */
export function createSession(options: DownloadSnapshotOptions, hasher: Hasher): DownloadSession {
  const { client, store, localFolder, now = () => new Date() } = options
  const { folders } = client.settings
  if (localFolder !== undefined) assertLocalFolder(localFolder)
  return {
    client,
    store,
    checker: options.checker ?? createAccessChecker({ client, store, now }),
    hasher,
    disk: options.disk ?? realDisk,
    hubCache: options.hubCache ?? folders.hubCache,
    listingFolder: path.join(folders.hubgateHome, 'listings'),
    localFolder,
    canLink: options.canLink ?? (client.settings.mayLink ? undefined : false),
    choice: options.choice ?? {},
    revision: options.revision ?? 'main',
    commitHash: options.commitHash,
    commitAsOf: options.commitAsOf,
    platform: options.platform,
    signal: options.signal ?? new AbortController().signal,
    tell: options.onEvent ?? (() => undefined),
    now,
  }
}

/** Where this snapshot is put together. */
export function targetOf(session: DownloadSession, subject: SnapshotSubject): SnapshotTarget {
  const { localFolder: folder, hubCache, listingFolder, disk, canLink, hasher, signal, now } = session
  const { cachedAs: modelId, commitHash } = subject
  if (folder === undefined) return cacheTarget({ hubCache, modelId, commitHash, disk, canLink })
  const memoryFolder = keptFolder(listingFolder, subject.modelId)
  return localTarget({ folder, hubCache, memoryFolder, modelId, commitHash, disk, hasher, signal, now })
}
