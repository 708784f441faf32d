import type { Colour } from '@hubgate/core/access'
import { readDetail } from '@hubgate/core/download/queue'
import { finalStates, type JobState, type StoredJob } from '@hubgate/core/store'
import { jobName, jobNote, shortId } from './job-text.ts'
import type { Paint } from './paint.ts'
import { formatAge, formatBytes } from './quantities.ts'
import type { Column } from './table.ts'

const colours: Readonly<Record<JobState, Colour>> = {
  queued: 'grey',
  'waiting-access': 'yellow',
  running: 'blue',
  paused: 'yellow',
  verifying: 'blue',
  done: 'green',
  failed: 'red',
  cancelled: 'grey',
}

export function jobColumns(paint: Paint, now: Date): Column<StoredJob>[] {
  return [
    { title: 'JOB', cell: ({ id }) => shortId(id), priority: 10 },
    { title: 'MODEL', cell: jobName },
    {
      title: 'STATE',
      cell: ({ state }) => state,
      paint: (text, { state }) => paint(text, colours[state]),
      priority: 9,
    },
    { title: 'SIZE', cell: sizeText, align: 'right', priority: 7 },
    { title: 'PRIORITY', cell: ({ priority }) => String(priority), align: 'right', priority: 4 },
    { title: 'SINCE', cell: ({ changedAt }) => formatAge(changedAt, now), align: 'right', priority: 6 },
    // `queue log` has the whole of it.
    { title: 'NOTE', cell: (job) => jobNote(job, now), priority: 8, least: 20 },
  ]
}

/** In the order they go: what runs, then by priority and age; what is over last, newest first. */
export function inOrder(jobs: readonly StoredJob[]): StoredJob[] {
  return jobs.toSorted((one, other) => {
    const isOver = rank(one) === ranks.length - 1
    const byAge = one.id < other.id ? -1 : 1
    return rank(one) - rank(other) || (isOver ? -byAge : other.priority - one.priority || byAge)
  })
}

const rank = ({ state }: StoredJob): number => ranks.findIndex((states) => states.includes(state))

const ranks: readonly (readonly JobState[])[] = [
  ['running', 'verifying'],
  ['queued', 'waiting-access'],
  ['paused'],
  finalStates,
]

function sizeText(job: StoredJob): string {
  const { sizeBytes } = readDetail(job)
  return sizeBytes === undefined ? '' : formatBytes(sizeBytes)
}
