// The least of a Hub that a download needs, with its large files on a plain static-file server: what is measured is the line, not a Hub.
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface StaticFile {
  readonly path: string
  readonly sizeBytes: number
  /** SHA-256. */
  readonly etag: string
  /** Where its bytes are. */
  readonly url: string
}

export interface StaticHub extends AsyncDisposable {
  readonly endpoint: string
}

const COMMIT = '0123456789abcdef0123456789abcdef01234567'
export const MODEL = 'bench/model'

export async function startStaticHub(files: readonly StaticFile[]): Promise<StaticHub> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://hub')
    const path = decodeURIComponent(/^\/bench\/model\/resolve\/[^/]+\/(.+)$/.exec(pathname)?.[1] ?? '')
    const file = files.find((candidate) => candidate.path === path)
    if (file !== undefined) return sendRedirect(response, file)
    if (pathname.startsWith('/api/models/bench/model/tree/')) return sendJson(response, files.map(treeEntry))
    if (/^\/api\/models\/bench\/model(?:\/revision\/[^/]+)?$/.test(pathname)) return sendJson(response, details(files))
    response.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${portOf(server)}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

function sendRedirect(response: ServerResponse, file: StaticFile): void {
  response
    .writeHead(302, {
      location: file.url,
      'x-repo-commit': COMMIT,
      'x-linked-etag': `"${file.etag}"`,
      'x-linked-size': String(file.sizeBytes),
      'accept-ranges': 'bytes',
    })
    .end()
}

function treeEntry({ path, sizeBytes, etag }: StaticFile): object {
  const oid = etag.slice(0, 40)
  return { type: 'file', oid, size: sizeBytes, path, lfs: { oid: etag, size: sizeBytes, pointerSize: 134 } }
}

function details(files: readonly StaticFile[]): object {
  const siblings = files.map(({ path }) => ({ rfilename: path }))
  return {
    _id: '0'.repeat(24),
    id: MODEL,
    modelId: MODEL,
    sha: COMMIT,
    private: false,
    gated: false,
    disabled: false,
    tags: [],
    downloads: 0,
    likes: 0,
    siblings,
  }
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json', 'x-repo-commit': COMMIT }).end(JSON.stringify(value))
}
