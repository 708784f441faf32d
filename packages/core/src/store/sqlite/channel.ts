import type { Answer, Reply, Request } from './request.ts'
import type { StateDatabaseOptions } from './state-database.ts'

/** The way to the database, wherever it runs. */
export interface Channel {
  /** Answers come in the order of the calls. */
  call(request: Request): Promise<Answer>
  /** Waits for what was asked before. */
  close(): Promise<void>
}

/** A thread of its own can wait; this one has somebody to answer. */
const BUSY_TIMEOUT_MS = { worker: 5000, here: 1000 } as const

export async function openChannel({ runsIn, ...options }: ChannelOptions): Promise<Channel> {
  const database = { ...options, busyTimeoutMs: BUSY_TIMEOUT_MS[runsIn] }
  return runsIn === 'here' ? await channelHere(database) : await channelToWorker(database)
}

interface ChannelOptions extends Omit<StateDatabaseOptions, 'busyTimeoutMs'> {
  readonly runsIn: 'worker' | 'here'
}

async function channelHere(options: StateDatabaseOptions): Promise<Channel> {
  const { StateDatabase } = await import('./state-database.ts')
  const state = new StateDatabase(options)
  return {
    call: (request) =>
      new Promise((resolve) => {
        // What is in memory is a copy, as it would be on disk.
        resolve(structuredClone(state.answer(request)))
      }),
    close: () => Promise.resolve(state.close()),
  }
}

async function channelToWorker(options: StateDatabaseOptions): Promise<Channel> {
  const [{ Worker }, { fromFailure }] = await Promise.all([import('node:worker_threads'), import('./failure.ts')])
  const waiting: PromiseWithResolvers<Reply>[] = []
  const worker = new Worker(workerFile(), {
    workerData: options,
    // What this process was started with need not suit a thread: `--input-type` would stop it.
    execArgv: [],
  })
  let broken: Error | undefined
  let isAsked = false
  const settle = (settleOne: (call: PromiseWithResolvers<Reply>) => void): void => {
    const call = waiting.shift()
    if (call !== undefined) settleOne(call)
    if (waiting.length === 0) worker.unref()
  }
  const breakOff = (error: Error): void => {
    broken = error
    while (waiting.length > 0) settle(({ reject }) => reject(error))
  }
  worker.on('message', (reply: Reply) => settle(({ resolve }) => resolve(reply)))
  worker.on('error', breakOff)
  worker.on('exit', () => breakOff(new Error('the store is closed')))
  // A process with nothing else to do may end. Whoever listens keeps it from that, so this comes last.
  worker.unref()
  const send = (message: Request | 'close'): Promise<Reply> => {
    if (broken !== undefined) return Promise.reject(broken)
    const call = Promise.withResolvers<Reply>()
    waiting.push(call)
    worker.ref()
    worker.postMessage(message)
    return call.promise
  }
  return {
    async call(request) {
      isAsked = true
      const reply = await send(request)
      if (reply === 'closed') throw new Error('the store is closed')
      if ('failure' in reply) throw fromFailure(reply.failure)
      return reply.answer
    },
    async close() {
      // One that was only warmed up has nothing open.
      if (isAsked && broken === undefined) await send('close')
      await worker.terminate()
    },
  }
}

/** Beside this file among the sources; among built files it is an entry of its own. */
function workerFile(): URL {
  return import.meta.url.endsWith('.ts')
    ? new URL('./worker.ts', import.meta.url)
    : new URL(import.meta.resolve('@hubgate/core/store/worker'))
}
