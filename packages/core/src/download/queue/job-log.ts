import type { DownloadEvent, WaitReason } from '../events.ts'
import { planDetail } from './job-detail.ts'
import type { JobWork } from './perform-job.ts'

type Waiting = Extract<DownloadEvent, { type: 'waiting' }>
type Verified = Pick<Extract<DownloadEvent, { type: 'verified' }>, 'path' | 'sizeBytes'>

/** A repo of 100,000 files is no reason for 100,000 rows: those verified within this time share one. */
const GATHER_MS = 1000
/** Sixteen connections that are told to slow down are one piece of news. */
const SAME_WAIT_MS = 10_000
/** What is tried again sooner is nobody's concern. */
const SHORT_WAIT_MS = 2000

/** Writes down what is to be kept of a download's course, in order, while the download goes on. */
export class JobLog implements AsyncDisposable {
  readonly #work: JobWork
  #written: Promise<void> = Promise.resolve()
  #verified: Verified[] = []
  #timer: NodeJS.Timeout | undefined
  #isVerifying = false
  readonly #toldWaits = new Map<WaitReason, number>()

  constructor(work: JobWork) {
    this.#work = work
  }

  note(event: DownloadEvent): void {
    switch (event.type) {
      case 'planned':
        return this.#write(() => this.#work.planned(planDetail(event)))
      case 'progress': {
        const isVerifying = event.doneBytes >= event.sizeBytes && event.doneFiles < event.fileCount
        if (isVerifying && !this.#isVerifying) this.#write(() => this.#work.tell('verifying', undefined, 'verifying'))
        this.#isVerifying ||= isVerifying
        return
      }
      case 'waiting':
        return this.#noteWait(event)
      case 'retry':
        this.#isVerifying = false
        return this.#write(() => this.#work.tell('retry', { path: event.path }, 'running'))
      case 'verified':
        this.#verified.push({ path: event.path, sizeBytes: event.sizeBytes })
        this.#timer ??= setTimeout(() => this.#writeVerified(), GATHER_MS)
    }
  }

  /** Waits until all is written. @throws what kept it from being written */
  async settle(): Promise<void> {
    this.#writeVerified()
    await this.#written
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.settle().catch(() => undefined)
  }

  #noteWait({ reason, delayMs, path }: Waiting): void {
    const now = performance.now()
    const isShort = reason === 'retry' && (delayMs ?? 0) < SHORT_WAIT_MS
    if (isShort || now - (this.#toldWaits.get(reason) ?? -Infinity) < SAME_WAIT_MS) return
    this.#toldWaits.set(reason, now)
    this.#write(() => this.#work.tell('waiting', { reason, delayMs, path }))
  }

  #writeVerified(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const files = this.#verified.splice(0)
    if (files.length > 0) this.#write(() => this.#work.tell('verified', { files }))
  }

  #write(write: () => Promise<void>): void {
    this.#written = this.#written.then(write)
    // `settle` throws it again.
    this.#written.catch(() => undefined)
  }
}
