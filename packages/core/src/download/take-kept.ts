import { nearIds } from '../cache/find-cached.ts'
import { HubgateError } from '../errors.ts'
import type { DownloadedSnapshot } from './download-options.ts'
import { type DownloadSession, targetOf } from './download-session.ts'
import { downloaded } from './downloaded.ts'
import { findWhateverIsThere, findWhole } from './find-complete.ts'
import { idsIn } from './kept-folder.ts'
import { knownListing } from './list-files.ts'
import { chooseFiles } from './plan-choice.ts'
import { type RecalledSubject, recallSubjects } from './recall-subjects.ts'
import { planWork } from './snapshot-work.ts'
import { clearSpentData } from './spent-data.ts'
import type { KnownFile } from './target.ts'

export interface TakeKeptOptions {
  /** Why the Hub could not be asked; none in offline mode, where also that is taken of which nobody can say whether it is all. */
  readonly failure?: Error
  /** Puts a snapshot together of what lies elsewhere on this machine: nothing of it is to be fetched. */
  readonly place: (subject: RecalledSubject, listing: readonly KnownFile[]) => Promise<DownloadedSnapshot>
}

/**
 * Without the Hub: what is here whole.
 * @throws `failure`, or {HubgateError} `ERR_OFFLINE`, where that is not all that was chosen, or nobody knows
 */
export async function takeKept(
  session: DownloadSession,
  modelId: string,
  { failure, place }: TakeKeptOptions,
): Promise<DownloadedSnapshot> {
  const recalled = await recallSubjects(modelId, session)
  for (const subject of recalled.filter(({ isGuess }) => !isGuess || failure === undefined)) {
    const whole = await takeWhole(session, subject, place)
    if (whole !== undefined) return { ...whole, isUncertain: subject.isGuess, isUnconfirmed: failure !== undefined }
  }
  if (failure !== undefined) throw failure
  for (const subject of recalled) {
    // Where it is known what there should be, that is not there.
    if ((await knownListing({ ...session, ...subject })) !== undefined) continue
    const some = await findWhateverIsThere(session, subject)
    if (some.length > 0) return downloaded(subject, targetOf(session, subject), some, { isUncertain: true })
  }
  throw await offlineError(session, modelId, recalled)
}

async function takeWhole(
  session: DownloadSession,
  subject: RecalledSubject,
  place: TakeKeptOptions['place'],
): Promise<DownloadedSnapshot | undefined> {
  const target = targetOf(session, subject)
  const listing = await knownListing({ ...session, ...subject })
  if (listing === undefined) return undefined
  const files = await findWhole(session, subject, target, listing)
  if (files === undefined) {
    // What a folder lacks may lie in the cache.
    const { contents } = await planWork(session, target, listing)
    const isAllHere = !subject.isGuess && contents.every(({ action }) => action === 'keep')
    return isAllHere ? await place(subject, listing) : undefined
  }
  await clearSpentData(session, target, chooseFiles(listing, session.choice).files)
  return downloaded(subject, target, files)
}

/** What to say where nobody may be asked, and nothing or not all is here. */
export async function offlineError(
  { client, hubCache, revision }: Pick<DownloadSession, 'client' | 'hubCache' | 'revision'>,
  modelId: string,
  recalled: readonly RecalledSubject[],
): Promise<HubgateError<'ERR_OFFLINE'>> {
  const because = client.settings.offline ?? 'nobody is asked'
  const available = recalled.length > 0 ? [] : nearIds(await idsIn(hubCache), modelId)
  const what = recalled.length > 0 ? 'not all of it is on this machine' : `its revision "${revision}" is not known here`
  return new HubgateError('ERR_OFFLINE', `Cannot get ${modelId}: ${what}, and ${because}`, { because, available })
}
