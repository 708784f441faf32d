import { downloadJobs, readDetail, runJobs } from '@hubgate/core/download/queue'
import { HubgateError } from '@hubgate/core/errors'
import { HubClient } from '@hubgate/core/hub'
import { endpointText } from '@hubgate/core/settings'
import { finalStates, type Store, type StoredJob } from '@hubgate/core/store'
import { type Context, note, noteAll, noteSettings } from '../context.ts'
import { type ExitCode, exitCodeOf, worstExitCode } from '../exit-codes.ts'
import type { Invocation } from '../program.ts'
import { printError } from '../views/errors.ts'
import { detailJson } from '../views/job-json.ts'
import { jobName, jobNote, NOTHING_QUEUED } from '../views/job-text.ts'
import { jsonLine } from '../views/json.ts'
import { doneText } from '../views/progress-text.ts'
import { createQueueView, type QueueView } from '../views/queue-progress.ts'
import { noteWaits } from '../views/wait.ts'
import { createChecker } from './create-checker.ts'
import { openQueueStore } from './open-state-store.ts'

/** What the options of `queue run` came out as; `options.ts` made them so. */
interface RunFlags {
  readonly atMost: number
  readonly stay?: boolean
  readonly limitRate?: number
  readonly ignoreSpace?: boolean
  readonly json?: boolean
}

/** Does the jobs of the queue, beside whatever other hubgates do them. */
export async function queueRun(context: Context, { options }: Invocation): Promise<ExitCode> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- commander gives exactly what options.ts declares
  const flags = options as unknown as RunFlags
  const { settings, signal } = context
  const { offline: because } = settings
  if (because !== undefined)
    throw new HubgateError('ERR_OFFLINE', `Cannot do the jobs of the queue: ${because}`, { because })
  await using client = new HubClient(settings, { onWait: noteWaits(context) })
  await using store = await openQueueStore(context, 'worker')
  noteSettings(context)
  if (flags.stay === true) note(context, 'Waiting for jobs; Ctrl-C ends it, and gives back what is running')
  const errors = await runShown(context, client, store, flags)
  signal.throwIfAborted()
  if (errors === undefined) note(context, NOTHING_QUEUED)
  noteAll(context, store.notices)
  return worstExitCode((errors ?? []).map(exitCodeOf))
}

/** @returns of each job that failed, why; `undefined` where there was none to do */
async function runShown(
  context: Context,
  client: HubClient,
  store: Store,
  { atMost, stay = false, limitRate, ignoreSpace, json = false }: RunFlags,
): Promise<unknown[] | undefined> {
  const { settings, signal, now } = context
  let errors: unknown[] | undefined
  using view = createQueueView(context, json)
  const tellEnd = endTeller(context, view, json)
  await runJobs({
    jobs: store.jobs,
    endpoint: endpointText(settings.endpoint),
    perform: downloadJobs({
      client,
      store,
      checker: createChecker(context, client, store),
      now,
      ...(limitRate === undefined ? {} : { bytesPerSecond: limitRate }),
      ...(ignoreSpace === undefined ? {} : { ignoreSpace }),
    }),
    signal,
    atMost,
    untilIdle: !stay,
    now,
    onEvent: (job, event) => view.show(job, event),
    onEnd: (job, error) => {
      errors = [...(errors ?? []), ...(job.state === 'failed' ? [error] : [])]
      tellEnd(job, error)
    },
    onTrouble: (error) => view.print(`note: ${error instanceof Error ? error.message : String(error)}`),
  })
  return errors
}

/** What became of a job, once it is something else than before: a gate that is still shut is no news. */
function endTeller(context: Context, view: QueueView, json: boolean): (job: StoredJob, error: unknown) => void {
  const told = new Map<string, string>()
  return (job, error) => {
    view.end(job)
    const news = `${job.state} ${readDetail(job).accessState ?? job.changedAt}`
    if (told.get(job.id) === news || context.signal.aborted) return
    told.set(job.id, news)
    view.print(endText(job, context.now()))
    if (job.state === 'failed') printError(context, error, { modelId: job.modelId, isOneOfSeveral: true })
    if (json) context.out.write(jsonLine(endJson(job)))
    else if (job.state === 'done') context.out.write(`${readDetail(job).path ?? ''}\n`)
  }
}

function endJson(job: StoredJob): object {
  const { id, modelId, state } = job
  return { type: state, jobId: id, modelId, detail: detailJson(job) }
}

function endText(job: StoredJob, now: Date): string {
  const { fileCount = 0, fetchedBytes = 0, wasComplete = false } = readDetail(job)
  if (job.state === 'done') return doneText(jobName(job), { fileCount, fetchedBytes, wasComplete })
  const why = finalStates.includes(job.state) ? '' : jobNote(job, now)
  return `${jobName(job)}: ${job.state}${why === '' ? '' : `, ${why}`}`
}
