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
import { clearSpentData } from './spent-data.ts'

/**
 * Without the Hub: what is here whole.
 * @param failure why the Hub could not be asked; `undefined` in offline mode, where also that is taken of which nobody can say
 * whether it is all
 * @throws `failure`, or {HubgateError} `ERR_OFFLINE`, where that is not all that was chosen, or nobody knows
 */
export async function takeKept(
  session: DownloadSession,
  modelId: string,
  failure?: Error,
): Promise<DownloadedSnapshot> {
  const recalled = await recallSubjects(modelId, session)
  for (const subject of recalled.filter(({ isGuess }) => !isGuess || failure === undefined)) {
    const whole = await takeWhole(session, subject)
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

async function takeWhole(session: DownloadSession, subject: RecalledSubject): Promise<DownloadedSnapshot | undefined> {
  const target = targetOf(session, subject)
  const listing = await knownListing({ ...session, ...subject })
  const files = listing && (await findWhole(session, subject, target, listing))
  if (listing === undefined || files === undefined) return undefined
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
