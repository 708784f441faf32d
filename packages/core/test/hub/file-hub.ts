import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Settings } from '../../src/settings/settings.ts'
import { type LocalHub, startLocalHub } from './local-hub.ts'

export const COMMIT: string = '0123456789abcdef0123456789abcdef01234567'

/** May answer in place of the place that keeps the bytes: `true` when it did. */
export type Misbehaviour = (request: IncomingMessage, response: ServerResponse) => boolean

export interface FileHub extends AsyncDisposable {
  readonly hub: LocalHub
  readonly cdn: LocalHub
  readonly sha256: string
  settings(environment?: Record<string, string>): Settings
  /** Steps in for the requests to come, until it gives `false`. */
  misbehave(how: Misbehaviour): void
}

/** A Hub and, on another origin, the place that keeps the bytes of its one file `org/name/model.bin`. Addresses are numbered. */
export async function startFileHub(content: Uint8Array): Promise<FileHub> {
  let misbehaviour: Misbehaviour | undefined
  let addresses = 0
  const sha256 = createHash('sha256').update(content).digest('hex')
  const cdn = await startLocalHub((request, response) => {
    if (request.headers.authorization !== undefined) return void response.writeHead(400).end('no token here')
    if (misbehaviour?.(request, response) !== true) sendRange(request, response, content)
  })
  const hub = await startLocalHub((request, response) => {
    const path = new URL(request.url ?? '', 'http://hub').pathname
    if (path.startsWith('/old/'))
      return void response.writeHead(307, { location: path.replace('/old/', '/org/') }).end()
    if (!path.startsWith('/org/name/resolve/')) return void response.writeHead(404).end()
    addresses += 1
    const location = `${cdn.url}/bytes?Expires=1790000000&n=${addresses}`
    response
      .writeHead(302, {
        location,
        etag: '"not-this"',
        'x-linked-etag': `"${sha256}"`,
        'x-linked-size': String(content.length),
        'x-repo-commit': COMMIT,
      })
      .end()
  })
  return {
    hub,
    cdn,
    sha256,
    settings: (environment) => hub.settings(environment),
    misbehave: (how) => void (misbehaviour = how),
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]()
      await cdn[Symbol.asyncDispose]()
    },
  }
}

function sendRange(request: IncomingMessage, response: ServerResponse, content: Uint8Array): void {
  const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')
  if (match === null) {
    response.writeHead(200, { 'content-length': content.length, etag: `"${'e'.repeat(64)}"` }).end(content)
    return
  }
  const [first, last] = [Number(match[1]), Math.min(Number(match[2]), content.length - 1)]
  if (first > last) return void response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end()
  response
    .writeHead(206, {
      'content-length': last - first + 1,
      'content-range': `bytes ${first}-${last}/${content.length}`,
      etag: `"${'e'.repeat(64)}"`,
    })
    .end(content.subarray(first, last + 1))
}
