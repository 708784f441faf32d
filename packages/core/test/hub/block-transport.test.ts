import { randomBytes } from 'node:crypto'
import { createServer as createHttpsServer } from 'node:https'
import net, { type AddressInfo, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createSecureContext } from 'node:tls'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BLOCK_BYTES } from '../../src/hub/block-connection.ts'
import { BlockTransport } from '../../src/hub/block-transport.ts'
import { parseResponseHead, plainBodyLength } from '../../src/hub/response-head.ts'
import type { ByteAnswer, ByteRequest } from '../../src/hub/transport.ts'
import { createAuthority } from './local-authority.ts'

const content = randomBytes(3_000_000)

interface Server extends AsyncDisposable {
  readonly url: URL
  readonly requests: string[]
  readonly connections: Socket[]
}

/** A server that writes what a test says, byte for byte. */
async function startServer(answer: (socket: Socket, request: string) => void): Promise<Server> {
  const connections: Socket[] = []
  const requests: string[] = []
  const server = net.createServer((socket) => {
    connections.push(socket)
    socket.on('error', () => undefined)
    let text = ''
    socket.on('data', (data) => {
      text += data.toString('latin1')
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        requests.push(text.slice(0, end))
        answer(socket, text.slice(0, end))
        text = text.slice(end + 4)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/file?sig=1`),
    requests,
    connections,
    async [Symbol.asyncDispose]() {
      for (const socket of connections) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const plain = (length: number, more = ''): string => `HTTP/1.1 206 Partial\r\nContent-Length: ${length}\r\n${more}\r\n`
const wire = (url: URL, changes: Partial<ByteRequest> = {}): ByteRequest => ({
  url,
  method: 'GET',
  headers: { range: 'bytes=0-9' },
  timeoutMs: 2000,
  stallMs: 300,
  isLarge: true,
  ...changes,
})

const chunkedHead = 'HTTP/1.1 206 Partial\r\nTransfer-Encoding: chunked\r\n\r\n'

function inChunks(sizes: readonly number[], trailer: string): { readonly body: Buffer; readonly bytes: Buffer } {
  let at = 0
  const parts = sizes.map((size) => content.subarray(at, (at += size)))
  const wrapped = parts.flatMap((part, index) => [
    Buffer.from(`${part.length.toString(16)}${index % 2 === 0 ? '' : ';a=b'}\r\n`),
    part,
    Buffer.from('\r\n'),
  ])
  return { body: Buffer.concat([...wrapped, Buffer.from(`0\r\n${trailer}\r\n`)]), bytes: Buffer.concat(parts) }
}

async function readAll(answer: ByteAnswer | undefined): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of answer?.body ?? []) parts.push(Buffer.from(part))
  return Buffer.concat(parts)
}

/** Takes a body at its own speed. */
async function readSlowly(answer: ByteAnswer | undefined): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of answer?.body ?? []) {
    parts.push(Buffer.from(part))
    await sleep(5)
  }
  return Buffer.concat(parts)
}

describe('BlockTransport', () => {
  test('gives bodies byte for byte over TLS too, however slowly they are read and wherever they end', async () => {
    const authority = createAuthority()
    const server = createHttpsServer(authority.issue('localhost'), (request, response) => {
      const length = Number(request.url?.slice(1))
      response.writeHead(200, { 'content-length': length }).end(content.subarray(0, length))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    using transport = new BlockTransport(createSecureContext({ ca: authority.certificate }))
    const pauses = fc.array(fc.integer({ min: -2, max: 3 }), { minLength: 1, maxLength: 9 })
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 900_000 }), pauses, async (length, pausesMs) => {
        const answer = await transport.open(wire(new URL(`https://localhost:${port}/${length}`)))
        const parts: Buffer[] = []
        for await (const part of answer?.body ?? []) {
          parts.push(Buffer.from(part))
          const pauseMs = pausesMs[parts.length % pausesMs.length] ?? 0
          if (pauseMs >= 0) await sleep(pauseMs)
        }
        expect(Buffer.concat(parts).equals(content.subarray(0, length))).toBe(true)
      }),
      { numRuns: 60 },
    )
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  test('knows a line that is ahead of its reader from one that its reader waits for', async () => {
    const authority = createAuthority()
    await using quick = await startServer((socket) =>
      socket.write(Buffer.concat([Buffer.from(plain(3_000_000)), content])),
    )
    await using slow = await startServer((socket) => {
      socket.write(plain(3_000_000))
      for (let part = 0; part < 20; part += 1)
        setTimeout(() => socket.write(content.subarray(part * 150_000, (part + 1) * 150_000)), part * 10)
    })
    const quickTls = createHttpsServer(authority.issue('localhost'), (_request, response) => {
      response.writeHead(200, { 'content-length': content.length }).end(content)
    })
    await new Promise<void>((resolve) => quickTls.listen(0, '127.0.0.1', resolve))
    using transport = new BlockTransport(createSecureContext({ ca: authority.certificate }))
    const fromQuick = await transport.open(wire(quick.url))
    expect((await readSlowly(fromQuick)).equals(content)).toBe(true)
    expect(fromQuick?.isAhead?.()).toBe(true)
    const fromTls = await transport.open(
      wire(new URL(`https://localhost:${(quickTls.address() as AddressInfo).port}/file`)),
    )
    // TLS goes on giving what it had unpacked after it was told to stop.
    expect((await readSlowly(fromTls)).equals(content)).toBe(true)
    expect(fromTls?.isAhead?.()).toBe(true)
    const fromSlow = await transport.open(wire(slow.url))
    await readAll(fromSlow)
    expect(fromSlow?.isAhead?.()).toBe(false)
    quickTls.closeAllConnections()
    await new Promise((resolve) => quickTls.close(resolve))
  })

  test('gives bodies byte for byte, and keeps the connection for the next', async () => {
    await using server = await startServer((socket) =>
      socket.write(Buffer.concat([Buffer.from(plain(3_000_000)), content])),
    )
    using transport = new BlockTransport(undefined)
    for (let round = 0; round < 3; round += 1)
      expect((await readAll(await transport.open(wire(server.url)))).equals(content)).toBe(true)
    expect(server.connections).toHaveLength(1)
    expect(server.requests[0]?.split('\r\n')).toEqual([
      'GET /file?sig=1 HTTP/1.1',
      `host: ${server.url.host}`,
      'range: bytes=0-9',
      'accept-encoding: identity',
    ])
  })

  test('gives the same however the answer is cut into packets, and however slowly it is read', async () => {
    const whole = Buffer.concat([Buffer.from(plain(200_000, 'X-A: 1\r\n')), content.subarray(0, 200_000)])
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(whole.length), { maxLength: 6 }), fc.boolean(), async (cuts, isSlow) => {
        await using server = await startServer((socket) => {
          const ends = [...cuts.toSorted((a, b) => a - b), whole.length]
          void ends.reduce(async (before, end, index) => {
            await before
            socket.write(whole.subarray(ends[index - 1] ?? 0, end))
            await sleep(1)
          }, Promise.resolve())
        })
        using transport = new BlockTransport(undefined)
        const answer = await transport.open(wire(server.url))
        const parts: Buffer[] = []
        for await (const part of answer?.body ?? []) {
          if (isSlow) await sleep(5)
          parts.push(Buffer.from(part))
        }
        expect(Buffer.concat(parts).equals(content.subarray(0, 200_000))).toBe(true)
      }),
      { numRuns: 25 },
    )
  })

  test('unwraps what comes in chunks, however it is cut into them and into packets, and however slowly it is read', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 90_000 }), { maxLength: 8 }),
        fc.array(fc.nat(300_000), { maxLength: 6 }),
        fc.boolean(),
        fc.constantFrom('', 'X-After: 1\r\n'),
        async (sizes, cuts, isSlow, trailer) => {
          const { body, bytes } = inChunks(sizes, trailer)
          const whole = Buffer.concat([Buffer.from(chunkedHead), body])
          await using server = await startServer((socket) => {
            const ends = [...cuts.filter((cut) => cut < whole.length).toSorted((a, b) => a - b), whole.length]
            void ends.reduce(async (before, end, index) => {
              await before
              socket.write(whole.subarray(ends[index - 1] ?? 0, end))
              await sleep(1)
            }, Promise.resolve())
          })
          using transport = new BlockTransport(undefined)
          const answer = await transport.open(wire(server.url))
          expect((await (isSlow ? readSlowly(answer) : readAll(answer))).equals(bytes)).toBe(true)
        },
      ),
      { numRuns: 40 },
    )
  })

  test('unwraps many blocks of chunks that come as fast as they are taken', async () => {
    const one = content.subarray(0, 70_001)
    const wrapped = Buffer.concat([Buffer.from(`${one.length.toString(16)}\r\n`), one, Buffer.from('\r\n')])
    await using server = await startServer((socket) => {
      socket.write(chunkedHead)
      for (let index = 0; index < 500; index += 1) socket.write(wrapped)
      socket.write('0\r\n\r\n')
    })
    using transport = new BlockTransport(undefined)
    let at = 0
    for await (const part of (await transport.open(wire(server.url)))?.body ?? []) {
      for (let seen = 0; seen < part.length; ) {
        const begin = (at + seen) % one.length
        const end = Math.min(one.length, begin + part.length - seen)
        if (Buffer.compare(one.subarray(begin, end), part.subarray(seen, seen + end - begin)) !== 0)
          throw new Error(`other bytes at ${at + seen}`)
        seen += end - begin
      }
      at += part.length
      if (at % 3 === 0) await sleep(1)
    }
    expect(at).toBe(500 * one.length)
  })

  test.each([
    ['are cut off', '5\r\nabc'],
    ['end without a last one', '3\r\nabc\r\n'],
    ['are longer than they say', '3\r\nabcd\r\n0\r\n\r\n'],
    ['have no size', 'x\r\nabc\r\n0\r\n\r\n'],
    ['have a size beyond all sense', 'fffffffffffff\r\nabc'],
    ['have a line without end', `3;${'x'.repeat(10_000)}`],
  ])('fails at chunks that %s', async (_, text) => {
    await using server = await startServer((socket) => socket.end(chunkedHead + text))
    using transport = new BlockTransport(undefined)
    await expect(readAll(await transport.open(wire(server.url)))).rejects.toThrow(/chunk|cut/)
  })

  test('holds a few blocks and no more while nobody reads', async () => {
    await using server = await startServer((socket) =>
      socket.write(Buffer.concat([Buffer.from(plain(3_000_000)), content])),
    )
    using transport = new BlockTransport(undefined)
    const answer = await transport.open(wire(server.url, { stallMs: 50 }))
    // Longer than a stall: a pause of ours is none of the server's.
    await sleep(150)
    expect((await readAll(answer)).equals(content)).toBe(true)
  })

  test('notices that a server went silent while nobody read, once somebody reads again', async () => {
    await using server = await startServer((socket) => {
      socket.write(plain(3_000_000))
      // Just what is taken in before somebody reads.
      setTimeout(() => socket.write(content.subarray(0, 2 * BLOCK_BYTES)), 20)
    })
    using transport = new BlockTransport(undefined)
    const answer = await transport.open(wire(server.url, { stallMs: 100 }))
    const reading = (async () => {
      // Longer than a stall: that of the server has passed by then without anybody to see it.
      for await (const part of answer?.body ?? []) await sleep(part.length > 0 ? 150 : 0)
    })()
    await expect(reading).rejects.toThrow(expect.objectContaining({ name: 'TimeoutError' }) as Error)
  }, 3000)

  test('is not late for who gives up between the head and the body', async () => {
    await using server = await startServer((socket) =>
      socket.write(Buffer.concat([Buffer.from(plain(3_000_000)), content])),
    )
    using transport = new BlockTransport(undefined)
    const abort = new AbortController()
    const unlisten = abort.signal.removeEventListener.bind(abort.signal)
    // The moment in which nobody listens: who asked for the head has it, who reads the body has not begun.
    abort.signal.removeEventListener = (...listener: Parameters<typeof unlisten>) => {
      unlisten(...listener)
      abort.abort()
    }
    const reading = transport
      .open(wire(server.url, { signal: abort.signal }))
      .then(async (answer) => (await readAll(answer)).length)
    await expect(reading).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }) as Error)
  })

  test('gives what came before a cut, then says that it was cut', async () => {
    await using server = await startServer((socket) => {
      socket.write(Buffer.concat([Buffer.from(plain(3_000_000)), content.subarray(0, 300_001)]), () => socket.destroy())
    })
    using transport = new BlockTransport(undefined)
    const answer = await transport.open(wire(server.url))
    let bytes = 0
    const reading = (async () => {
      for await (const part of answer?.body ?? []) bytes += part.length
    })()
    await expect(reading).rejects.toThrow('cut')
    expect(bytes).toBe(300_001)
  })

  test('ends at silence, of the head and of the body, and at once when aborted', async () => {
    await using server = await startServer((socket, request) => {
      if (request.includes('/mute')) return
      socket.write(Buffer.concat([Buffer.from(plain(1000)), content.subarray(0, 10)]))
    })
    using transport = new BlockTransport(undefined)
    const timedOut = expect.objectContaining({ name: 'TimeoutError' }) as Error
    await expect(transport.open(wire(new URL('/mute', server.url), { timeoutMs: 50 }))).rejects.toThrow(timedOut)
    await expect(readAll(await transport.open(wire(server.url, { stallMs: 50 })))).rejects.toThrow(timedOut)
    const abort = new AbortController()
    const reading = readAll(await transport.open(wire(server.url, { signal: abort.signal })))
    abort.abort()
    await expect(reading).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }) as Error)
  })

  test.each([
    ['packed in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'],
    ['of a length, and in chunks', `${plain(3, 'Transfer-Encoding: chunked\r\n')}3\r\nabc\r\n0\r\n\r\n`],
    ['ended by its connection', 'HTTP/1.1 200 OK\r\n\r\nabc'],
    ['of two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc'],
  ])('leaves a body that is %s to others', async (_, text) => {
    await using server = await startServer((socket) => socket.write(text))
    using transport = new BlockTransport(undefined)
    expect(await transport.open(wire(server.url))).toBeUndefined()
    // Who answered so once is not asked in vain again: each answer would come twice.
    expect(await transport.open(wire(server.url))).toBeUndefined()
    expect(server.requests).toHaveLength(1)
  })

  test('never takes for the next answer what came too much of the last', async () => {
    await using server = await startServer((socket) => socket.write(`${plain(3)}abcHTTP/1.1 206 Evil\r\n`))
    using transport = new BlockTransport(undefined)
    expect((await readAll(await transport.open(wire(server.url)))).toString()).toBe('abc')
    expect((await readAll(await transport.open(wire(server.url)))).toString()).toBe('abc')
    expect(server.connections).toHaveLength(2)
  })

  test('asks again over a fresh connection where the one that rested was closed meanwhile', async () => {
    await using server = await startServer((socket, request) => {
      if (server.requests.length === 2 && request !== '') socket.destroy()
      else socket.write(`${plain(3)}abc`)
    })
    using transport = new BlockTransport(undefined)
    for (let round = 0; round < 2; round += 1)
      expect((await readAll(await transport.open(wire(server.url)))).toString()).toBe('abc')
    expect(server.requests).toHaveLength(3)
  })

  test('gives the head of a refusal, passes over 103, and leaves what is no HTTP to others', async () => {
    await using server = await startServer((socket, request) => {
      if (request.includes('/odd')) socket.write('SSH-2.0-OpenSSH\r\n\r\n')
      else
        socket.write(
          `HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 403 No\r\nX-Error-Code: GatedRepo\r\nContent-Length: 2\r\n\r\nno`,
        )
    })
    using transport = new BlockTransport(undefined)
    expect(await transport.open(wire(server.url))).toMatchObject({
      status: 403,
      headers: { 'x-error-code': 'GatedRepo' },
    })
    await expect(transport.open(wire(server.url, { headers: { a: 'b\r\nc: d' } }))).rejects.toThrow(TypeError)
    expect(await transport.open(wire(new URL('/odd', server.url)))).toBeUndefined()
  })

  test('passes over however many announcements come at once before the answer', async () => {
    // A connection that had much to carry takes a whole block at once.
    const answers = [Buffer.concat([Buffer.from(plain(3_000_000)), content])]
    const announced = 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(40_000)
    await using server = await startServer((socket) => socket.write(answers.shift() ?? `${announced}${plain(2)}ok`))
    using transport = new BlockTransport(undefined)
    await readSlowly(await transport.open(wire(server.url)))
    expect(String(await readAll(await transport.open(wire(server.url))))).toBe('ok')
    expect(server.connections).toHaveLength(1)
  })

  test('speaks TLS with those whom the settings trust, and with nobody else', async () => {
    const authority = createAuthority()
    const secure = createHttpsServer(authority.issue('localhost'), (_, response) => {
      response.writeHead(200, { 'content-length': content.length }).end(content)
    })
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve))
    const url = new URL(`https://localhost:${(secure.address() as AddressInfo).port}/file`)
    using trusting = new BlockTransport(createSecureContext({ ca: authority.certificate }))
    for (let round = 0; round < 2; round += 1)
      expect((await readAll(await trusting.open(wire(url)))).equals(content)).toBe(true)
    using strange = new BlockTransport(undefined)
    await expect(strange.open(wire(url))).rejects.toThrow('certificate')
    secure.closeAllConnections()
    await new Promise((resolve) => secure.close(resolve))
  })
})

test('parseResponseHead() gives a head, waits for more, or refuses; whatever comes', () => {
  expect(parseResponseHead(Buffer.from('HTTP/1.1 200 OK\r\nA: 1\r\na:2 \r\n\r\nbody'))).toEqual({
    status: 200,
    headers: { a: '1, 2' },
    length: 31,
  })
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        const head = parseResponseHead(Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\n'), bytes]))
        if (head !== undefined) expect(plainBodyLength(head) ?? 0).toBeGreaterThanOrEqual(0)
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxError)
      }
    }),
    { numRuns: 1000 },
  )
})
