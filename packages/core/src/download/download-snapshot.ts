import { hasSystemCode } from '../cache/system-code.ts'
import { hasErrorCode } from '../errors.ts'
import { Hasher } from '../hashing/hasher.ts'
import { mapBounded } from '../util/map-bounded.ts'
import { ByteLimiter } from './byte-limiter.ts'
import { checkSpace } from './check-space.ts'
import { budgetOf } from './connection-budget.ts'
import { asDiskError } from './disk-error.ts'
import { distrustListing } from './distrust-listing.ts'
import type { DownloadedSnapshot, DownloadSnapshotOptions } from './download-options.ts'
import { createSession, type DownloadSession, targetOf } from './download-session.ts'
import { downloaded } from './downloaded.ts'
import { fetchContents } from './fetch-contents.ts'
import { findShownSubject, requireOpenGate } from './find-allowed.ts'
import { findWhole } from './find-complete.ts'
import { leasedDisk } from './leased-disk.ts'
import { fetchListing, knownListing } from './list-files.ts'
import { chooseFiles } from './plan-choice.ts'
import type { SnapshotPlan } from './plan-snapshot.ts'
import { ProgressBoard } from './progress-board.ts'
import { rememberRevision } from './remember-revision.ts'
import { type RepoLease, withRepoLease } from './repo-lease.ts'
import type { SnapshotSubject } from './snapshot-subject.ts'
import { planWork, type SnapshotWork } from './snapshot-work.ts'
import { clearSpentData, removeSpentData } from './spent-data.ts'
import { type TakeKeptOptions, takeKept } from './take-kept.ts'
import type { KnownFile, SnapshotTarget } from './target.ts'

const DEFAULT_STALL_MS = 30_000
const PROGRESS_EVERY_MS = 200

/**
 * Gets a model: the files a runtime needs (or those chosen), verified, where every Hugging Face tool finds them. Asks the gate
 * first; goes on where an earlier run stopped; fetches nothing that is there, whoever put it there.
 *
 * One question to the Hub where everything is there already, none offline. Where the Hub cannot be reached, what is here whole is
 * taken as it is.
 * @throws {HubgateError} `ERR_ACCESS_REFUSED`, `ERR_MODEL_NOT_FOUND`, `ERR_REVISION_NOT_FOUND`, `ERR_FILES_NOT_FOUND`, `ERR_UNSAFE_PATH`,
 * `ERR_NO_SPACE`, `ERR_WRITE`, `ERR_INTEGRITY`, `ERR_OFFLINE`, and see `HubClient.send`
 * @example const { path } = await downloadSnapshot('Qwen/Qwen2.5-1.5B-Instruct', { client })
 */
export async function downloadSnapshot(modelId: string, options: DownloadSnapshotOptions): Promise<DownloadedSnapshot> {
  await using hasher = new Hasher()
  const session = createSession(options, hasher)
  session.signal.throwIfAborted()
  const place: TakeKeptOptions['place'] = (kept, listing) => getListed(session, options, kept, listing)
  if (session.client.settings.offline !== undefined) return await takeKept(session, modelId, { place })
  const subject = await findShownSubject(session, modelId).catch((error: Error) => error)
  if (subject instanceof Error) {
    if (!isAbsence(subject)) throw subject
    return await takeKept(session, modelId, { failure: subject, place })
  }
  const known = await knownListing({ ...session, ...subject })
  try {
    return await getSnapshot(session, options, subject, known)
  } catch (error) {
    const fresh = known && (await distrustListing(session, subject, known, error))
    if (fresh === undefined) throw error
    return await getSnapshot(session, options, subject, fresh)
  }
}

function isAbsence(failure: Error): boolean {
  if (hasErrorCode(failure, 'ERR_HUB_STATUS')) return failure.details.status >= 500
  return hasErrorCode(failure, 'ERR_HUB_UNREACHABLE')
}

/** @param known what the commit holds, as far as this machine knows */
async function getSnapshot(
  session: DownloadSession,
  options: DownloadSnapshotOptions,
  subject: SnapshotSubject,
  known: readonly KnownFile[] | undefined,
): Promise<DownloadedSnapshot> {
  const target = targetOf(session, subject)
  const there = await findWhole(session, subject, target, known)
  if (there !== undefined) {
    await rememberRevision(session, subject, target).catch(unlessWritable)
    await clearSpentData(session, target, known === undefined ? [] : chooseFiles(known, session.choice).files)
    return downloaded(subject, target, there)
  }
  await requireOpenGate(session, subject, options.whenGranted ?? false)
  const listing = known ?? (await fetchListing(session.client, { ...session, ...subject }, session.signal))
  return await getListed(session, options, subject, listing)
}

/** Alone, among the Hubgates of this machine. */
async function getListed(
  session: DownloadSession,
  options: DownloadSnapshotOptions,
  subject: SnapshotSubject,
  listing: readonly KnownFile[],
): Promise<DownloadedSnapshot> {
  const target = targetOf(session, subject)
  const tellOthersProgress = async (): Promise<void> => {
    const { plan } = await planWork(session, target, listing)
    session.tell({ type: 'progress', ...otherBoard(plan).look() })
  }
  return await withRepoLease(session, target, tellOthersProgress, (lease) => {
    const own = lease === undefined ? session : { ...session, disk: leasedDisk(session.disk, lease) }
    return getAgainIfRemoved({ session: own, options, subject, target: targetOf(own, subject), listing, lease })
  })
}

/** A cache that many share may be one that only some may write to. That all of it is there is what was asked for. */
function unlessWritable(error: unknown): void {
  if (!hasSystemCode(error, ['EROFS', 'EACCES', 'EPERM', 'ENOSPC', 'EDQUOT'])) throw error
}

/** Of what another process is at, only what has gathered so far can be seen. */
function otherBoard({ files, sizeBytes, fetchBytes }: SnapshotPlan): ProgressBoard {
  const keptFiles = files.filter(({ action }) => action === 'keep').length
  return new ProgressBoard({ sizeBytes, fileCount: files.length, keptBytes: sizeBytes - fetchBytes, keptFiles })
}

interface GetFiles {
  readonly session: DownloadSession
  readonly options: DownloadSnapshotOptions
  readonly subject: SnapshotSubject
  readonly target: SnapshotTarget
  readonly listing: readonly KnownFile[]
  readonly lease: RepoLease | undefined
}

/** Other tools see no lease of ours: `hf cache prune` removes what is on its way. Then it comes again, once. */
async function getAgainIfRemoved(inputs: GetFiles): Promise<DownloadedSnapshot> {
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

async function getFiles(inputs: GetFiles): Promise<DownloadedSnapshot> {
  const { session, options, subject, target, listing } = inputs
  const { modelId, commitHash } = subject
  // What is there is looked at only now, when nobody else changes it.
  const work = await planWork(session, target, listing)
  session.tell({ type: 'planned', modelId, commitHash, path: target.path, plan: work.plan })
  if (options.ignoreSpace !== true) await checkSpace(target.path, work.plan.fetchBytes)
  const board = createBoard(work, session.tell)
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

function createBoard({ contents }: SnapshotWork, tell: DownloadSession['tell']): ProgressBoard {
  const kept = contents.filter(({ action }) => action === 'keep')
  const sum = (some: typeof contents): number => some.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0)
  const totals = { sizeBytes: sum(contents), fileCount: contents.length, keptBytes: sum(kept), keptFiles: kept.length }
  return new ProgressBoard(totals, tell)
}

/** Places what is there, then fetches the rest. */
async function fillIn(inputs: GetFiles, { contents }: SnapshotWork, board: ProgressBoard): Promise<void> {
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
