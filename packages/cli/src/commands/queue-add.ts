import { addJob, createJobRequest, type JobRequest, parseJobRequest } from '@hubgate/core/download/queue'
import { HubClient } from '@hubgate/core/hub'
import type { Store, StoredJob } from '@hubgate/core/store'
import { type Context, note, noteAll, noteSettings } from '../context.ts'
import { EXIT_CODES, type ExitCode, exitCodeOf, worstExitCode } from '../exit-codes.ts'
import type { Invocation } from '../program.ts'
import { printError } from '../views/errors.ts'
import { jobJson } from '../views/job-json.ts'
import { jobName, shortId } from '../views/job-text.ts'
import { jsonPage } from '../views/json.ts'
import { noteWaits } from '../views/wait.ts'
import { type ChoiceFlags, snapshotRequest, targetsOf } from './choose-snapshot.ts'
import { createChecker } from './create-checker.ts'
import { openQueueStore } from './open-state-store.ts'

/** What the options of `queue add` came out as; `options.ts` made them so. */
interface AddFlags extends ChoiceFlags {
  readonly whenGranted?: boolean
  readonly priority?: number
  readonly json?: boolean
}

/** Puts downloads into the queue. What cannot be put there keeps no other from it. */
export async function queueAdd(context: Context, { words, options }: Invocation): Promise<ExitCode> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- commander gives exactly what options.ts declares
  const flags = options as AddFlags
  const targets = targetsOf(context, words, flags)
  await using client = new HubClient(context.settings, { onWait: noteWaits(context) })
  await using store = await openQueueStore(context, 'here')
  noteSettings(context)
  const { whenGranted = false } = flags
  const common = { client, store, checker: createChecker(context, client, store), whenGranted, signal: context.signal }
  const jobs: StoredJob[] = []
  const codes: ExitCode[] = []
  for (const target of targets) {
    try {
      const request = await createJobRequest(target.modelId, { ...common, ...snapshotRequest(target, flags) })
      jobs.push(await addOne(context, store, request, flags.priority))
      codes.push(EXIT_CODES.done)
    } catch (error) {
      context.signal.throwIfAborted()
      printError(context, error, { modelId: target.modelId, isOneOfSeveral: targets.length > 1 })
      codes.push(exitCodeOf(error))
    }
  }
  context.out.write(flags.json === true ? jsonPage(jobs.map(jobJson)) : jobs.map(({ id }) => `${id}\n`).join(''))
  if (jobs.length > 0) note(context, '`hubgate queue run` does what is queued')
  noteAll(context, store.notices)
  return worstExitCode(codes)
}

async function addOne(
  context: Context,
  { jobs }: Store,
  request: JobRequest,
  priority: number | undefined,
): Promise<StoredJob> {
  const { job, isNew } = await addJob(jobs, request, priority === undefined ? {} : { priority })
  const name = `${jobName(job)} (${shortId(job.id)})`
  if (isNew) {
    const { commitHash } = request
    const what = commitHash === undefined ? 'its commit is settled when it is done' : `commit ${commitHash.slice(0, 8)}`
    note(context, `${name}: queued, ${what}`)
    return job
  }
  note(context, `${name}: is there already, ${job.state}`)
  if (request.whenGranted && !parseJobRequest(job.request).whenGranted)
    note(context, 'note: that one does not wait for a gate; cancel it first to add one that does')
  return priority === undefined ? job : jobs.prioritize(job.id, priority)
}
