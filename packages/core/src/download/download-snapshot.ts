import { stat } from 'node:fs/promises'
import { repoFolderPath } from '../cache/repo-cache.ts'
import { hasSystemCode, orUnread } from '../cache/system-code.ts'
import { hasErrorCode } from '../errors.ts'
import { Hasher } from '../hashing/hasher.ts'
import { distrustListing } from './distrust-listing.ts'
import type { DownloadedSnapshot, DownloadSnapshotOptions } from './download-options.ts'
import { createSession, type DownloadSession, targetOf } from './download-session.ts'
import { downloaded } from './downloaded.ts'
import { fillSnapshot } from './fill-snapshot.ts'
import { findShownSubject, requireOpenGate } from './find-allowed.ts'
import { findWhole } from './find-complete.ts'
import { leasedDisk } from './leased-disk.ts'
import { fetchListing, knownListing } from './list-files.ts'
import { chooseFiles } from './plan-choice.ts'
import { rememberRevision } from './remember-revision.ts'
import { withRepoLease } from './repo-lease.ts'
import { otherBoard } from './snapshot-board.ts'
import type { SnapshotSubject } from './snapshot-subject.ts'
import { planWork } from './snapshot-work.ts'
import { clearSpentData } from './spent-data.ts'
import { type TakeKeptOptions, takeKept } from './take-kept.ts'
import type { KnownFile } from './target.ts'

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
  await warmUpIfNew(session, modelId)
  const found = await findShownSubject(session, modelId).catch((error: unknown) => ({ error }))
  if ('error' in found) {
    if (!isAbsence(found.error)) throw found.error
    return await takeKept(session, modelId, { failure: found.error, place })
  }
  const known = await knownListing({ ...session, ...found })
  try {
    return await getSnapshot(session, options, found, known)
  } catch (error) {
    const fresh = known && (await distrustListing(session, found, known, error))
    if (fresh === undefined) throw error
    return await getSnapshot(session, options, found, fresh)
  }
}

/** Where nothing of the model is here it will be fetched, alone: the store gets ready while the Hub is asked. */
async function warmUpIfNew({ store, localFolder, hubCache }: DownloadSession, modelId: string): Promise<void> {
  if ((await orUnread(stat(localFolder ?? repoFolderPath(hubCache, modelId)))) === undefined) store?.warmUp()
}

function isAbsence(failure: unknown): failure is Error {
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
    const work = await planWork(session, target, listing)
    session.tell({ type: 'progress', ...otherBoard(work).look() })
  }
  return await withRepoLease(session, target, tellOthersProgress, (lease) => {
    const own = lease === undefined ? session : { ...session, disk: leasedDisk(session.disk, lease) }
    return fillSnapshot({ session: own, options, subject, target: targetOf(own, subject), listing, lease })
  })
}

/** A cache that many share may be one that only some may write to. That all of it is there is what was asked for. */
function unlessWritable(error: unknown): void {
  if (!hasSystemCode(error, ['EROFS', 'EACCES', 'EPERM', 'ENOSPC', 'EDQUOT'])) throw error
}
