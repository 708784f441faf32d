import { type JobAction, type JobRepository, type JobState, jobActions, type StoredJob } from '@hubgate/core/store'
import { type Context, note, noteAll } from '../context.ts'
import { EXIT_CODES, type ExitCode, exitCodeOf, worstExitCode } from '../exit-codes.ts'
import type { Invocation } from '../program.ts'
import { printError } from '../views/errors.ts'
import { jobJson } from '../views/job-json.ts'
import { jobName, shortId } from '../views/job-text.ts'
import { jsonPage } from '../views/json.ts'
import { type FoundJobs, findJobs } from './find-jobs.ts'
import { openQueueStore } from './open-state-store.ts'

/** `queue pause`, `resume`, `cancel` and `retry`. Whoever runs the job notices within a second. */
export async function queueAct(context: Context, { command, words, options }: Invocation): Promise<ExitCode> {
  const action = jobActions.find((name) => command === `queue ${name}`)
  if (action === undefined) return EXIT_CODES.usage
  await using store = await openQueueStore(context, 'here')
  const done: StoredJob[] = []
  const codes: ExitCode[] = []
  for (const word of words) {
    try {
      done.push(...(await actOn(context, store.jobs, word, action)))
      codes.push(EXIT_CODES.done)
    } catch (error) {
      printError(context, error)
      codes.push(exitCodeOf(error))
    }
  }
  if (options['json'] === true) context.out.write(jsonPage(done.map(jobJson)))
  noteAll(context, store.notices)
  return worstExitCode(codes)
}

async function actOn(
  context: Context,
  repository: JobRepository,
  word: string,
  action: JobAction,
): Promise<StoredJob[]> {
  const done: StoredJob[] = []
  for (const { id } of meantBy(action, await findJobs(repository, word, context.settings.endpoint.host))) {
    const job = await repository.act(id, action)
    note(context, `${jobName(job)} (${shortId(id)}): ${job.state}`)
    done.push(job)
  }
  return done
}

/** Where a model was named: its jobs for which that makes sense, of several that ask for the same the newest. */
function meantBy(action: JobAction, { jobs, isModel }: FoundJobs): readonly StoredJob[] {
  if (!isModel) return jobs
  for (const states of sensible[action]) {
    const fitting = jobs.filter(({ state }) => states.includes(state))
    if (fitting.length > 0)
      return [...Map.groupBy(fitting, ({ key }) => key).values()].flatMap(([newest]) => newest ?? [])
  }
  // The queue itself says why not.
  return jobs.slice(0, 1)
}

const working = ['queued', 'waiting-access', 'running', 'verifying'] as const
const sensible: Readonly<Record<JobAction, readonly (readonly JobState[])[]>> = {
  pause: [working],
  resume: [['paused']],
  cancel: [[...working, 'paused']],
  retry: [['failed'], ['cancelled']],
}
