import { isOpen } from '../access/access-state.ts'
import { hasErrorCode } from '../errors.ts'
import type { DownloadSession } from './download-session.ts'
import { refusedError, requireAccess } from './require-access.ts'
import { findSubject, type SnapshotSubject, type SubjectOptions } from './snapshot-subject.ts'

/**
 * Which commit is meant. Where the Hub refuses already here, the gate is asked why: a bare 401 says nothing to anybody.
 * @throws {HubgateError} as `findSubject` and `refusedError`
 */
export async function findShownSubject(
  session: Pick<DownloadSession, 'client' | 'checker'> & SubjectOptions,
  modelId: string,
): Promise<SnapshotSubject> {
  const { client, checker, signal } = session
  try {
    return await findSubject(client, modelId, session)
  } catch (error) {
    const isRefusal = refusals.some((code) => hasErrorCode(error, code))
    if (!isRefusal) throw error
    const answer = await checker.check(modelId, { signal })
    throw isOpen(answer.state) || answer.failure !== undefined ? error : refusedError(answer, { cause: error })
  }
}

const refusals = ['ERR_TOKEN_INVALID', 'ERR_MODEL_NOT_FOUND', 'ERR_MODEL_DISABLED', 'ERR_ACCESS_REFUSED'] as const

/** One check before anything is fetched; none where the details have said that the model is open to all. */
export async function requireOpenGate(
  session: DownloadSession,
  subject: SnapshotSubject,
  whenGranted: boolean,
): Promise<void> {
  if (isOpenToAll(subject)) return
  const { checker, signal, tell } = session
  const { modelId, details } = subject
  await requireAccess(checker, modelId, { whenGranted, details, signal, onEvent: tell })
}

/** The details have said that nobody stands at the gate. */
export function isOpenToAll({ details }: SnapshotSubject): boolean {
  return details?.gated === false && details.private === false && details.disabled !== true
}
