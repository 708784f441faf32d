import { hasSystemCode } from '../cache/system-code.ts'
import { mapBounded } from '../util/map-bounded.ts'
import { ByteLimiter } from './byte-limiter.ts'
import { checkSpace } from './check-space.ts'
import { budgetOf } from './connection-budget.ts'
import { asDiskError } from './disk-error.ts'
import type { DownloadedSnapshot, DownloadSnapshotOptions } from './download-options.ts'
import { type DownloadSession, targetOf } from './download-session.ts'
import { downloaded } from './downloaded.ts'
import { fetchContents } from './fetch-contents.ts'
import type { ProgressBoard } from './progress-board.ts'
import { rememberRevision } from './remember-revision.ts'
import type { RepoLease } from './repo-lease.ts'
import { ownBoard } from './snapshot-board.ts'
import type { SnapshotSubject } from './snapshot-subject.ts'
import { planWork, type SnapshotWork } from './snapshot-work.ts'
import { removeSpentData } from './spent-data.ts'
import type { KnownFile, SnapshotTarget } from './target.ts'

const DEFAULT_STALL_MS = 30_000
const PROGRESS_EVERY_MS = 200

/** What a snapshot is fetched with, once this process is alone at it. */
export interface FillSnapshot {
  readonly session: DownloadSession
  readonly options: DownloadSnapshotOptions
  readonly subject: SnapshotSubject
  readonly target: SnapshotTarget
  readonly listing: readonly KnownFile[]
  readonly lease: RepoLease | undefined
}

/**
 * Fetches what is missing of a snapshot, and puts all of it in its place.
 *
 * Other tools see no lease of ours: `hf cache prune` removes what is on its way. Then it comes again, once.
 * @throws {HubgateError} `ERR_NO_SPACE`, `ERR_WRITE`, `ERR_INTEGRITY`, `ERR_UNSAFE_PATH`, and see `HubClient.send`
 */
export async function fillSnapshot(inputs: FillSnapshot): Promise<DownloadedSnapshot> {
  const { session, subject, target } = inputs
  try {
    return await getFiles(inputs).catch((error: unknown) => {
      if (!hasSystemCode(error, ['ENOENT'])) throw error
      return getFiles({ ...inputs, target: targetOf(session, subject) })
    })
  } catch (error) {
    throw asDiskError(error, target.path)
  }
}

async function getFiles(inputs: FillSnapshot): Promise<DownloadedSnapshot> {
  const { session, options, subject, target, listing } = inputs
  const { modelId, commitHash } = subject
  // What is there is looked at only now, when nobody else changes it.
  const work = await planWork(session, target, listing)
  session.tell({ type: 'planned', modelId, commitHash, path: target.path, plan: work.plan })
  if (options.ignoreSpace !== true) await checkSpace(target.path, work.plan.fetchBytes)
  const board = ownBoard(work, session.tell)
  const timer = setInterval(() => session.tell({ type: 'progress', ...board.look() }), PROGRESS_EVERY_MS)
  try {
    await target.prepare(work.files, session.revision)
    await fillIn(inputs, work, board)
    await rememberRevision(session, subject, target)
    await removeSpentData(session.disk, await target.findSpent(work.files))
  } finally {
    clearInterval(timer)
    session.tell({ type: 'progress', ...board.look() })
  }
  const { fetchedBytes } = board
  const wasComplete = work.contents.every(({ action }) => action === 'keep')
  return downloaded(subject, target, work.plan.files, { fetchedBytes, wasComplete })
}

/** Places what is there, then fetches the rest. */
async function fillIn(inputs: FillSnapshot, { contents }: SnapshotWork, board: ProgressBoard): Promise<void> {
  const { session, options, target, subject, lease } = inputs
  const { client, disk, hasher } = session
  const [kept, missing] = [true, false].map((isKept) => contents.filter(({ action }) => (action === 'keep') === isKept))
  await mapBounded(kept ?? [], 16, (content) => target.place(content))
  const { maxConnections, maxConnectionsPerFile = 8, stallMs = DEFAULT_STALL_MS, bytesPerSecond = Infinity } = options
  const { limiter = new ByteLimiter(bytesPerSecond), budget = budgetOf(maxConnections) } = options
  const transfer = {
    client,
    disk,
    hasher,
    budget: budget.share(),
    limiter,
    maxConnectionsPerFile,
    stallMs,
    reached: new Set<string>(),
    patienceMs: options.patienceMs,
    signal: lease === undefined ? session.signal : AbortSignal.any([session.signal, lease.signal]),
  }
  await fetchContents({ ...subject, transfer, target, board }, missing ?? [])
}
