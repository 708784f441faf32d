import type { DownloadEvent, DownloadProgress } from '@hubgate/core/download'
import type { StoredJob } from '@hubgate/core/store'
import type { Context } from '../context.ts'
import { createProgressView, type ProgressView } from './progress.ts'
import { pickleText } from './progress-text.ts'

/** Shows the course of several downloads at once: for people as one of them all, with `--json` each by itself. */
export interface QueueView extends Disposable {
  show(job: StoredJob, event: DownloadEvent): void
  /** It runs no more. */
  end(job: StoredJob): void
  print(text: string): void
}

export function createQueueView(context: Context, json: boolean): QueueView {
  return json ? jsonView(context) : peopleView(context)
}

function jsonView(context: Context): QueueView {
  const views = new Map<string, ProgressView>()
  return {
    show({ id, modelId }, event) {
      const view = views.get(id) ?? createProgressView(context, { modelId, jobId: id }, true)
      views.set(id, view)
      view.show(event)
    },
    end: ({ id }) => void views.delete(id),
    print: () => undefined,
    [Symbol.dispose]: () => undefined,
  }
}

function peopleView(context: Context): QueueView {
  const view = createProgressView(context, { modelId: '' }, false)
  const running = new Map<string, NamedProgress>()
  return {
    show(job, event) {
      const { modelId } = job
      const warning = event.type === 'planned' ? pickleText(event.plan) : undefined
      if (warning !== undefined) view.print(warning)
      if (event.type !== 'progress') return view.show(named(event, modelId, running.size > 1))
      running.set(job.id, { modelId, progress: event })
      view.show({ type: 'progress', ...sumOf([...running.values()]) })
    },
    end: ({ id }) => void running.delete(id),
    print: (text) => view.print(text),
    [Symbol.dispose]: () => view[Symbol.dispose](),
  }
}

export interface NamedProgress {
  readonly modelId: string
  readonly progress: DownloadProgress
}

/** Several downloads as one. Where there are several, a file is shown with its model's name. */
export function sumOf(downloads: readonly NamedProgress[]): DownloadProgress {
  const sum = (valueOf: (progress: DownloadProgress) => number): number =>
    downloads.reduce((total, { progress }) => total + valueOf(progress), 0)
  const [doneBytes, sizeBytes] = [sum((each) => each.doneBytes), sum((each) => each.sizeBytes)]
  const bytesPerSecond = sum((each) => each.bytesPerSecond)
  return {
    doneBytes,
    sizeBytes,
    bytesPerSecond,
    secondsLeft: bytesPerSecond > 0 ? Math.max(0, sizeBytes - doneBytes) / bytesPerSecond : undefined,
    doneFiles: sum((each) => each.doneFiles),
    fileCount: sum((each) => each.fileCount),
    files: downloads.flatMap(({ modelId, progress }) =>
      progress.files.map((file) => ({ ...file, path: pathIn(modelId, file.path, downloads.length > 1) })),
    ),
  }
}

function named(event: DownloadEvent, modelId: string, isOneOfMany: boolean): DownloadEvent {
  if (!('path' in event) || event.path === undefined || event.type === 'planned') return event
  return { ...event, path: pathIn(modelId, event.path, isOneOfMany) }
}

function pathIn(modelId: string, path: string, isOneOfMany: boolean): string {
  return isOneOfMany ? `${modelId.split('/').at(-1)}/${path}` : path
}
