import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HubClient } from '../../src/hub/client.ts'
import { parseContentRange } from '../../src/hub/content-range.ts'
import { fetchRange } from '../../src/hub/fetch-range.ts'
import { FileAddress } from '../../src/hub/file-address.ts'
import { openRangeReader, type RangeReader } from '../../src/hub/read-range.ts'
import { transferRetryDelayMs } from '../../src/hub/retry.ts'
import { type FileHub, startFileHub } from './file-hub.ts'

const coded = (code: string): Error => expect.objectContaining({ code }) as Error
const file = { modelId: 'org/name', path: 'model.bin' }
const content = randomBytes(300_000)

interface OpenReader extends AsyncDisposable {
  readonly server: FileHub
  readonly reader: RangeReader
}

async function openReader(): Promise<OpenReader> {
  const server = await startFileHub(content)
  const client = new HubClient(server.settings({ HF_TOKEN: 'hf_test' }))
  return {
    server,
    reader: await openRangeReader(client, file),
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

/** Steps in once, then lets things run. */
function once(answer: Parameters<FileHub['misbehave']>[0]): Parameters<FileHub['misbehave']>[0] {
  let isDone = false
  return (request, response) => !isDone && (isDone = true) && answer(request, response)
}

describe('openRangeReader()', () => {
  test('gives the bytes asked for, whatever the range, and keeps the token from where they are', async () => {
    await using open = await openReader()
    expect(open.reader.sizeBytes).toBe(content.length)
    const ends = fc.tuple(fc.nat(content.length + 10), fc.nat(content.length + 10))
    await fc.assert(
      fc.asyncProperty(ends, async ([one, other]) => {
        const [start, end] = [Math.min(one, other), Math.max(one, other)]
        expect(Buffer.from(await open.reader.read(start, end))).toEqual(content.subarray(start, end))
      }),
      { numRuns: 40 },
    )
    expect(open.server.cdn.requests.some(({ headers }) => headers.authorization !== undefined)).toBe(false)
    expect(open.server.hub.requests).toHaveLength(1)
  })

  test('asks for a fresh address when the signature has ended, for the same commit', async () => {
    await using open = await openReader()
    open.server.misbehave((request, response) => {
      if (request.url?.endsWith('n=1') !== true) return false
      response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>')
      return true
    })
    expect(Buffer.from(await open.reader.read(10, 20))).toEqual(content.subarray(10, 20))
    expect(open.server.hub.requests.map(({ url }) => url)).toEqual([
      '/org/name/resolve/main/model.bin',
      `/org/name/resolve/${open.reader.commitHash}/model.bin`,
    ])
  })

  test.each<[string, Parameters<FileHub['misbehave']>[0]]>([
    [
      'a body that is cut',
      (_, response) => {
        response.writeHead(206, { 'content-length': 100, 'content-range': 'bytes 10-109/300000' })
        response.write(content.subarray(10, 50), () => response.destroy())
        return true
      },
    ],
    [
      'a server that knows no ranges',
      (_, response) => {
        response.writeHead(200, { 'content-length': content.length }).end(content)
        return true
      },
    ],
    [
      'another range than asked for',
      (_, response) => {
        response.writeHead(206, { 'content-range': 'bytes 0-99/300000' }).end(content.subarray(0, 100))
        return true
      },
    ],
    [
      'a range of another file',
      (_, response) => {
        response.writeHead(206, { 'content-range': 'bytes 10-109/7000' }).end(content.subarray(10, 110))
        return true
      },
    ],
    [
      'an endless body',
      (_, response) => {
        response.writeHead(206, { 'content-range': 'bytes 10-109/300000' })
        response.write(content.subarray(10, 110))
        const more = setInterval(() => response.write('more'), 1)
        response.on('close', () => clearInterval(more))
        return true
      },
    ],
    [
      'a 503',
      (_, response) => {
        response.writeHead(503).end()
        return true
      },
    ],
    ...['file:///etc/passwd', 'ftp://127.0.0.1/x', 'http://[', '/round'].map(
      (location): [string, Parameters<FileHub['misbehave']>[0]] => [
        `a redirect to ${location}`,
        (_, response) => response.writeHead(302, { location }).end() !== undefined,
      ],
    ),
    [
      'a connection that is cut before the answer',
      (request) => {
        request.socket.destroy()
        return true
      },
    ],
  ])('gives the right bytes in spite of %s', async (_, answer) => {
    await using open = await openReader()
    open.server.misbehave(once(answer))
    expect(Buffer.from(await open.reader.read(10, 110))).toEqual(content.subarray(10, 110))
  })

  test('asks at once for the rest where answers bring less than was asked for', async () => {
    await using server = await startFileHub(content)
    await using client = new HubClient(server.settings())
    server.misbehave((request, response) => {
      const first = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
      const last = Math.min(first + 19_999, content.length - 1)
      const headers = {
        'content-length': last - first + 1,
        'content-range': `bytes ${first}-${last}/${content.length}`,
      }
      response.writeHead(206, headers).end(content.subarray(first, last + 1))
      return true
    })
    const waits: string[] = []
    const parts: Uint8Array[] = []
    await fetchRange(
      client,
      new FileAddress(client, file),
      { start: 10, end: content.length },
      {
        onBytes: (bytes) => void parts.push(Uint8Array.from(bytes)),
        onWait: ({ failure }) => void waits.push(String(failure)),
        maxSkipBytes: 0,
      },
    )
    expect(Buffer.concat(parts)).toEqual(content.subarray(10))
    // The last of them is too little to be answered without a pause.
    expect(waits.length).toBeLessThanOrEqual(1)
    expect(server.cdn.requests).toHaveLength(Math.ceil((content.length - 10) / 20_000))
  })

  test('asks at once, down to the last byte, where each answer brings half of what was asked for', async () => {
    await using open = await openReader()
    open.server.misbehave((request, response) => {
      const [first = 0, last = 0] =
        /(\d+)-(\d+)/
          .exec(request.headers.range ?? '')
          ?.slice(1)
          .map(Number) ?? []
      const end = first + Math.ceil((last + 1 - first) / 2)
      const headers = { 'content-length': end - first, 'content-range': `bytes ${first}-${end - 1}/${content.length}` }
      response.writeHead(206, headers).end(content.subarray(first, end))
      return true
    })
    expect(Buffer.from(await open.reader.read(1, 100_001))).toEqual(content.subarray(1, 100_001))
    expect(open.server.cdn.requests.length).toBeLessThan(20)
  })

  test('goes on with a small file as long as each cut answer brings a part of it', async () => {
    await using open = await openReader()
    open.server.misbehave((request, response) => {
      const first = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1])
      response.writeHead(206, { 'content-length': 1000, 'content-range': `bytes ${first}-999/${content.length}` })
      response.write(content.subarray(first, first + 150), () => response.destroy())
      return true
    })
    expect(Buffer.from(await open.reader.read(0, 1000))).toEqual(content.subarray(0, 1000))
  })

  test('gives up on a server that answers a byte at a time', async () => {
    await using open = await openReader()
    open.server.misbehave((request, response) => {
      const first = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1])
      const headers = { 'content-length': 1, 'content-range': `bytes ${first}-${first}/${content.length}` }
      response.writeHead(206, headers).end(content.subarray(first, first + 1))
      return true
    })
    await expect(open.reader.read(0, 100_000)).rejects.toThrow(coded('ERR_HUB_ANSWER'))
    expect(open.server.cdn.requests.length).toBeLessThan(10)
  })

  test('gives up on a server that speaks no HTTP, also where bytes had come before', async () => {
    await using server = await startFileHub(content)
    await using client = new HubClient(server.settings())
    server.misbehave((_, response) => response.socket?.end('SSH-2.0-OpenSSH_9.9\r\n') !== undefined)
    const waits: string[] = []
    const fetching = fetchRange(
      client,
      new FileAddress(client, file),
      { start: 0, end: 1000 },
      {
        onBytes: () => undefined,
        onWait: ({ failure }) => void waits.push(String(failure)),
        reached: new Set([server.cdn.url, server.hub.url]),
        maxSkipBytes: 0,
      },
    )
    await expect(fetching).rejects.toThrow('does not speak HTTP')
    expect(waits).toEqual(['odd', 'odd', 'odd', 'odd'])
  })

  test('leaves a connection that only trickles, and goes on over another', async () => {
    await using server = await startFileHub(content)
    await using client = new HubClient(server.settings())
    server.misbehave(
      once((_, response) => {
        response.writeHead(206, { 'content-length': 1000, 'content-range': 'bytes 0-999/300000' })
        let at = 0
        const drip = setInterval(() => response.write(content.subarray(at, ++at)), 20)
        response.on('close', () => clearInterval(drip))
        return true
      }),
    )
    const waits: string[] = []
    const parts: Uint8Array[] = []
    const address = new FileAddress(client, file)
    await fetchRange(
      client,
      address,
      { start: 0, end: 1000 },
      {
        onBytes: (bytes) => void parts.push(Uint8Array.from(bytes)),
        onWait: ({ failure }) => void waits.push(String(failure)),
        maxSkipBytes: 0,
        stallMs: 200,
      },
    )
    expect(waits).toEqual(['stalled'])
    expect(Buffer.concat(parts)).toEqual(content.subarray(0, 1000))
  })

  test('gives up, with the reason, when the place of the bytes keeps refusing fresh addresses', async () => {
    await using open = await openReader()
    open.server.misbehave((_, response) => response.writeHead(403).end() !== undefined)
    const failure: Error = await open.reader.read(0, 10).then(
      () => new Error('it read'),
      (error: Error) => error,
    )
    expect(failure).toMatchObject({ code: 'ERR_HUB_STATUS', details: { status: 403 } })
    expect(failure.message + JSON.stringify(failure)).not.toContain('Expires')
  })

  test('refuses what is no range and what is too much at once', async () => {
    await using server = await startFileHub(content)
    await using client = new HubClient(server.settings())
    const reader = await openRangeReader(client, file, { maxReadBytes: 1000 })
    await expect(reader.read(5, 4)).rejects.toThrow(RangeError)
    await expect(reader.read(0, 1001)).rejects.toThrow(RangeError)
    expect(await reader.read(content.length, content.length + 5)).toHaveLength(0)
  })

  test('stops at once when aborted', async () => {
    await using server = await startFileHub(content)
    await using client = new HubClient(server.settings())
    const abort = new AbortController()
    const reader = await openRangeReader(client, file, { signal: abort.signal })
    server.misbehave(() => true)
    setTimeout(() => abort.abort(), 20)
    await expect(reader.read(0, 10)).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }) as Error)
    await expect(openRangeReader(client, { ...file, modelId: 'no/such' })).rejects.toThrow(coded('ERR_MODEL_NOT_FOUND'))
  })
})

test('parseContentRange() takes what a server may say, and nothing else', () => {
  expect(parseContentRange('bytes 0-99/1000')).toEqual({ first: 0, last: 99, total: 1000 })
  expect(parseContentRange('bytes 5-5/*')).toEqual({ first: 5, last: 5, total: undefined })
  for (const text of [undefined, '', 'bytes */5', 'bytes 9-5/10', 'bytes 0-10/10', 'items 0-1/2'])
    expect(parseContentRange(text)).toBeUndefined()
})

test('transferRetryDelayMs() renews a stale address at once, and waits for the rest', () => {
  const missed = { attempt: 1, retryAfterMs: undefined, random: 0.5, hasBegun: false, silentMs: 0 }
  expect(transferRetryDelayMs({ ...missed, failure: 'stale' })).toBe(0)
  expect(transferRetryDelayMs({ ...missed, failure: 'cut' })).toBe(500)
  expect(transferRetryDelayMs({ ...missed, failure: 'cut', random: 0 })).toBe(250)
  expect(transferRetryDelayMs({ ...missed, failure: 429, retryAfterMs: 8000 })).toBe(8125)
  expect(transferRetryDelayMs({ ...missed, failure: 429, retryAfterMs: 1e12 })).toBeUndefined()
  expect(transferRetryDelayMs({ ...missed, failure: 404 })).toBeUndefined()
  expect(transferRetryDelayMs({ ...missed, failure: 'stale', attempt: 3 })).toBeUndefined()
  expect(transferRetryDelayMs({ ...missed, failure: 'timeout', attempt: 5 })).toBeUndefined()
})

test('transferRetryDelayMs() waits two minutes for a network that was there before, and not for one that never was', () => {
  const missed = { failure: 'away', retryAfterMs: undefined, random: 0.5, silentMs: 0 } as const
  expect(transferRetryDelayMs({ ...missed, attempt: 1, hasBegun: false })).toBeUndefined()
  const delays = Array.from({ length: 20 }, (_, index) =>
    transferRetryDelayMs({ ...missed, attempt: index + 1, hasBegun: true }),
  )
  expect(delays.slice(0, 6)).toEqual([500, 1000, 2000, 4000, 8000, 15_000])
  expect(delays.at(-1)).toBe(15_000)
  expect(transferRetryDelayMs({ ...missed, attempt: 9, hasBegun: true, silentMs: 119_999 })).toBe(15_000)
  expect(transferRetryDelayMs({ ...missed, attempt: 2, hasBegun: true, silentMs: 120_000 })).toBeUndefined()
  expect(
    transferRetryDelayMs({ ...missed, attempt: 2, hasBegun: true, silentMs: 500, patienceMs: 500 }),
  ).toBeUndefined()
  expect(transferRetryDelayMs({ ...missed, failure: 'timeout', attempt: 7, hasBegun: true })).toBe(15_000)
  expect(transferRetryDelayMs({ ...missed, failure: 'cut', attempt: 7, hasBegun: true })).toBeUndefined()
})
