import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { type Fault, findFault } from '../faults/fault.ts'
import { type Delivery, deliveryOf } from '../faults/faulty-answer.ts'
import { storedContent } from '../files/content.ts'
import { type Answer, bodyOf } from './answer.ts'
import type { OpenEntry } from './request-log.ts'

const PART_BYTES = 256 * 1024
/** A slow body comes in at least so many pieces a second. */
const PIECES_A_SECOND = 20

export interface SendOptions {
  readonly response: ServerResponse
  readonly isHead: boolean
  readonly acceptEncoding: string | undefined
  readonly faults: readonly Fault[]
  /** Told how many bytes went out. */
  readonly entry: OpenEntry
  /** Aborted when the emulator ends or the client is gone. */
  readonly signal: AbortSignal
}

/** Sends an answer, well or as badly as its faults say. */
export async function sendAnswer(answer: Answer, options: SendOptions): Promise<void> {
  const { response, isHead, faults, signal } = options
  const ready = isGzipped(answer, options) ? gzipped(answer) : answer
  const delivery = deliveryOf(ready.body, faults)
  const isBodiless = answer.status === 304 || answer.status === 204
  const hasLength = delivery.announced !== undefined && ready === answer && !isBodiless
  response.writeHead(answer.status, {
    ...ready.headers,
    ...(hasLength ? { 'Content-Length': delivery.announced } : {}),
  })
  if (isHead || isBodiless) return void response.end()
  await sendBody(delivery, findFault(faults, 'throttle')?.bytesPerSecond, options)
  await endBody(response, delivery.ending, signal)
}

/** Text is compressed for those who do not forbid it; a part of a file never is. */
function isGzipped(answer: Answer, { acceptEncoding = '', isHead }: SendOptions): boolean {
  return answer.isCompressible && answer.body.size > 0 && !isHead && /\b(?:gzip|\*)/.test(acceptEncoding)
}

/** Without a length, without ranges, and with a weak etag: none of the file's figures can be relied on. */
function gzipped(answer: Answer): Answer {
  const { 'Accept-Ranges': _, ETag: etag, ...headers } = answer.headers
  return {
    ...answer,
    headers: {
      ...headers,
      'Content-Encoding': 'gzip',
      ...(etag === undefined ? {} : { ETag: etag.startsWith('W/') ? etag : `W/${etag}` }),
    },
    body: bodyOf(storedContent(gzipSync(answer.body.read(0, answer.body.size), { level: 1 }))),
  }
}

async function sendBody(
  { body, bytes }: Delivery,
  bytesPerSecond: number | undefined,
  { response, entry, signal }: SendOptions,
): Promise<void> {
  const part =
    bytesPerSecond === undefined ? PART_BYTES : Math.max(1, Math.min(PART_BYTES, bytesPerSecond / PIECES_A_SECOND))
  const startedAt = performance.now()
  for (let sent = 0; sent < bytes && !signal.aborted; ) {
    const piece = body.read(sent, Math.min(bytes, sent + Math.ceil(part)))
    sent += piece.length
    if (bytesPerSecond !== undefined) {
      const dueAt = startedAt + (sent / bytesPerSecond) * 1000
      await sleep(Math.max(0, dueAt - performance.now()), undefined, { signal })
    }
    const hasRoom = response.write(piece)
    entry.bytes = sent
    if (!hasRoom) await once(response, 'drain', { signal })
  }
}

async function endBody(response: ServerResponse, ending: Delivery['ending'], signal: AbortSignal): Promise<void> {
  switch (ending) {
    case 'end':
      response.end()
      return
    case 'close':
      // Node would keep the connection open for bytes that never come.
      response.socket?.end()
      return
    case 'destroy':
      await flushed(response, signal)
      response.destroy()
      return
    case 'hang':
      await until(signal)
  }
}

/** What was written shall arrive before the connection is torn down. */
async function flushed(response: ServerResponse, signal: AbortSignal): Promise<void> {
  while ((response.socket?.writableLength ?? 0) > 0) await sleep(5, undefined, { signal })
}

/** Waits for an end that does not come by itself. */
export async function until(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}
