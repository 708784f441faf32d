import type { AccessAnswer } from '../access/access-answer.ts'
import { readFreeBytes } from '../cache/free-space.ts'
import { HubgateError } from '../errors.ts'
import { Hasher } from '../hashing/hasher.ts'
import type { DownloadSnapshotOptions } from './download-options.ts'
import { createSession, type DownloadSession, targetOf } from './download-session.ts'
import { findShownSubject, isOpenToAll } from './find-allowed.ts'
import { knownListing, listShown } from './list-files.ts'
import { planSnapshot, type RemoteFile, type SnapshotPlan } from './plan-snapshot.ts'
import { recallSubjects } from './recall-subjects.ts'
import type { SnapshotSubject } from './snapshot-subject.ts'
import { offlineError } from './take-kept.ts'
import type { KnownFile } from './target.ts'

/** What a download would do. */
export interface SnapshotPreview {
  readonly modelId: string
  readonly renamedFrom: string | undefined
  readonly commitHash: string
  readonly path: string
  readonly plan: SnapshotPlan
  /** What the gate says; `undefined` where the model is open to all, or offline. */
  readonly access: AccessAnswer | undefined
  readonly freeBytes: number
}

/**
 * Looks at what `downloadSnapshot` would fetch, and whether it may. Changes nothing. A gate that is shut is part of the answer.
 * @throws {HubgateError} as `downloadSnapshot`, except for the gate and the disk
 */
export async function previewSnapshot(modelId: string, options: DownloadSnapshotOptions): Promise<SnapshotPreview> {
  await using hasher = new Hasher()
  const session = createSession(options, hasher)
  const { client, checker, signal, choice } = session
  const subject = await (client.settings.offline === undefined
    ? findShownSubject(session, modelId)
    : recallPlannable(session, modelId))
  const target = targetOf(session, subject)
  const isAsked = client.settings.offline === undefined && !isOpenToAll(subject)
  const access = isAsked ? await checker.check(subject.modelId, { signal, details: subject.details }) : undefined
  const listing = await listFiles(session, subject)
  const files = planSnapshot(listing, { choice }).files.flatMap(withHash)
  return {
    modelId: subject.modelId,
    renamedFrom: subject.renamedFrom,
    commitHash: subject.commitHash,
    path: target.path,
    plan: planSnapshot(listing, { choice, present: await target.present(files) }),
    access,
    freeBytes: await readFreeBytes(target.path),
  }
}

/** Offline: the likeliest commit of which it is known what it holds. */
async function recallPlannable(session: DownloadSession, modelId: string): Promise<SnapshotSubject> {
  const recalled = await recallSubjects(modelId, session)
  for (const subject of recalled) if ((await knownListing({ ...session, ...subject })) !== undefined) return subject
  const [first] = recalled
  if (first === undefined) throw await offlineError(session, modelId, recalled)
  return first
}

async function listFiles(session: DownloadSession, subject: SnapshotSubject): Promise<readonly RemoteFile[]> {
  const known = await knownListing({ ...session, ...subject })
  if (known !== undefined) return known
  const { client, signal } = session
  const { offline } = client.settings
  if (offline === undefined) return listShown(client, subject, signal)
  throw new HubgateError('ERR_OFFLINE', `Cannot plan ${subject.modelId}: its files are not known, and ${offline}`, {
    because: offline,
  })
}

function withHash({ path, sizeBytes, etag }: RemoteFile): KnownFile[] {
  return etag === undefined ? [] : [{ path, sizeBytes, etag }]
}
