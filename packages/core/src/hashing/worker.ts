// A thread that hashes files in their order while others still write them, reading what is fresh from the page cache.
import type { Hash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { parentPort } from 'node:worker_threads'
import { createContentHash, type HashSubject } from './content-hash.ts'

export type HashRequest =
  | ({ readonly id: number; readonly type: 'open'; readonly path: string } & HashSubject)
  /** Everything before `end` is in the file now. */
  | { readonly id: number; readonly type: 'advance'; readonly end: number }
  | { readonly id: number; readonly type: 'close' }

export type HashReply =
  | { readonly id: number; readonly type: 'digest'; readonly digest: string }
  | { readonly id: number; readonly type: 'failure'; readonly message: string; readonly code: string | undefined }

interface Job {
  readonly id: number
  readonly fd: number
  readonly hash: Hash
  readonly sizeBytes: number
  position: number
  end: number
}

/** Fits beside the hash into the cache of a core. */
const buffer = Buffer.allocUnsafe(256 * 1024)
/** How much is read before messages are looked at again: a few milliseconds. */
const TURN_BYTES = 32 * buffer.length
const jobs = new Map<number, Job>()
let isRunning = false

parentPort?.on('message', (request: HashRequest) => {
  guard(request.id, () => {
    if (request.type === 'open') open(request)
    else if (request.type === 'close') close(request.id)
    else advance(request.id, request.end)
  })
})

function open({ id, path, etag, sizeBytes }: Extract<HashRequest, { type: 'open' }>): void {
  const hash = createContentHash({ etag, sizeBytes })
  // A named pipe would keep this thread, and with it the process, waiting for ever.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  jobs.set(id, { id, fd, hash, sizeBytes, position: 0, end: 0 })
  if (!fstatSync(fd).isFile()) throw new Error('it is no file')
}

function advance(id: number, end: number): void {
  const job = jobs.get(id)
  if (job === undefined) return
  job.end = Math.max(job.end, end)
  if (!isRunning) void run()
}

async function run(): Promise<void> {
  isRunning = true
  for (let next = nextJob(); next !== undefined; next = nextJob()) {
    const job = next
    guard(job.id, () => hashSome(job))
    await nextTurn()
  }
  isRunning = false
}

/** The one that is furthest behind: no file waits for the end of another. */
function nextJob(): Job | undefined {
  let furthest: Job | undefined
  for (const job of jobs.values()) {
    const hasWork = job.position < job.end || job.position === job.sizeBytes
    if (hasWork && (furthest === undefined || job.end - job.position > furthest.end - furthest.position)) furthest = job
  }
  return furthest
}

function hashSome(job: Job): void {
  const stop = Math.min(job.end, job.position + TURN_BYTES)
  while (job.position < stop) {
    const read = readSync(job.fd, buffer, 0, Math.min(buffer.length, stop - job.position), job.position)
    if (read === 0) throw new Error('the file is shorter than what was written to it')
    job.hash.update(buffer.subarray(0, read))
    job.position += read
  }
  if (job.position === job.sizeBytes) {
    reply({ id: job.id, type: 'digest', digest: job.hash.digest('hex') })
    close(job.id)
  }
}

function close(id: number): void {
  const job = jobs.get(id)
  jobs.delete(id)
  if (job !== undefined) closeSync(job.fd)
}

function guard(id: number, act: () => void): void {
  try {
    act()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
    reply({ id, type: 'failure', message, code })
    close(id)
  }
}

function reply(message: HashReply): void {
  parentPort?.postMessage(message)
}
