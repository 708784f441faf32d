import type { Worker } from 'node:worker_threads'
import type { HashSubject } from './content-hash.ts'
import type { HashReply, HashRequest } from './worker.ts'

/** One file that is hashed behind its writers. */
export interface FileHashing extends Disposable {
  /** Everything before `end` is in the file now. */
  advance(end: number): void
  /** The hash of the whole file, once all of it was there and read. */
  readonly digest: Promise<string>
}

/** How far the writers get before the thread is told. */
const ADVANCE_BYTES = 2 * 1024 * 1024

/** Hashes files in a thread of its own, which starts with the first of them. */
export class Hasher implements AsyncDisposable {
  readonly #jobs = new Map<number, Job>()
  #worker: Promise<Worker> | undefined
  #nextId = 0

  /** The file is there already; what it holds is read only as far as `advance` allows. */
  start(path: string, { etag, sizeBytes }: HashSubject): FileHashing {
    const id = (this.#nextId += 1)
    const job: Job = { end: 0, result: Promise.withResolvers<string>() }
    // Whoever does not wait for it has another error to tell.
    job.result.promise.catch(() => undefined)
    this.#jobs.set(id, job)
    this.#post({ id, type: 'open', path, etag, sizeBytes })
    this.#stayWhileBusy()
    return {
      advance: (end) => {
        // A message for every block would cost more than it tells.
        if (end < job.end + ADVANCE_BYTES && end !== sizeBytes) return
        job.end = end
        this.#post({ id, type: 'advance', end })
      },
      digest: job.result.promise,
      [Symbol.dispose]: () => {
        if (!this.#jobs.delete(id)) return
        this.#post({ id, type: 'close' })
        this.#stayWhileBusy()
      },
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const worker = await this.#worker?.catch(() => undefined)
    await worker?.terminate()
  }

  #post(request: HashRequest): void {
    const worker = (this.#worker ??= this.#startWorker())
    worker.then((started) => started.postMessage(request)).catch((error: unknown) => this.#lose(worker, error))
  }

  #startWorker(): Promise<Worker> {
    const worker = startThread()
    const lose = (error: unknown): void => this.#lose(worker, error)
    worker.then((started) => {
      started.on('message', (reply: HashReply) => this.#take(reply))
      started.on('error', lose)
      started.on('exit', () => lose(new Error('Cannot verify: the thread that hashes has ended')))
    }, lose)
    return worker
  }

  /** A process that only waits for a hash must not end; one that was done must not wait for the thread. */
  #stayWhileBusy(): void {
    this.#worker
      ?.then((worker) => (this.#jobs.size > 0 ? worker.ref() : worker.unref()))
      // Whoever started it hears of it.
      .catch(() => undefined)
  }

  #take(reply: HashReply): void {
    const job = this.#jobs.get(reply.id)
    if (job === undefined) return
    this.#jobs.delete(reply.id)
    this.#stayWhileBusy()
    if (reply.type === 'digest') job.result.resolve(reply.digest)
    else job.result.reject(Object.assign(new Error(`Cannot verify: ${reply.message}`), { code: reply.code }))
  }

  /** A thread takes its jobs along; the next job gets another one. */
  #lose(worker: Promise<Worker>, error: unknown): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    for (const { result } of this.#jobs.values()) result.reject(error)
    this.#jobs.clear()
  }
}

interface Job {
  end: number
  readonly result: PromiseWithResolvers<string>
}

async function startThread(): Promise<Worker> {
  const { Worker: Thread } = await import('node:worker_threads')
  return new Thread(workerFile(), { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: 32 } })
}

/** Beside this file among the sources; among built files it is an entry of its own. */
function workerFile(): URL {
  return import.meta.url.endsWith('.ts')
    ? new URL('./worker.ts', import.meta.url)
    : new URL(import.meta.resolve('@hubgate/core/hashing/worker'))
}
