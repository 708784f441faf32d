import { getEventListeners } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, describe, expect, test } from 'vitest'
import { HubClient } from '../../src/hub/client.ts'
import { resolveSettings } from '../../src/settings/settings.ts'
import { createAuthority } from './local-authority.ts'
import { json, startLocalHub } from './local-hub.ts'
import { startLocalProxy } from './local-proxy.ts'

const authority = createAuthority()
const folder = mkdtempSync(path.join(tmpdir(), 'hubgate-certificates-'))
const authorityFile = path.join(folder, 'authority.pem')
writeFileSync(authorityFile, authority.certificate)
afterAll(() => rmSync(folder, { recursive: true }))

/** A real https Hub that this machine does not trust by itself. */
async function startSecureHub(
  host: string,
  days?: number,
): Promise<{ port: number; authorizations: (string | undefined)[] } & AsyncDisposable> {
  const authorizations: (string | undefined)[] = []
  const server = createHttpsServer(authority.issue(host, days), (request, response) => {
    authorizations.push(request.headers.authorization)
    response.end('[]')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    authorizations,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** What one call comes to: its status, or all that can be seen of the error and its causes. */
async function call(environment: Record<string, string>, configFile?: string): Promise<string> {
  const settings = resolveSettings({ environment, configFile, flags: { timeoutMs: 1500 } })
  await using client = new HubClient(settings)
  try {
    return String((await client.send({ path: '/api/models' })).status)
  } catch (error) {
    return inspect(error, { depth: 6 })
  }
}

const askLocal = (port: number, file: string): Promise<string> =>
  call({ HF_ENDPOINT: `https://localhost:${port}`, SSL_CERT_FILE: file, HF_TOKEN: 'hf_test_ada' })

const askThrough = (proxy: string): Promise<string> => call({ HF_ENDPOINT: 'https://hub.test', HTTPS_PROXY: proxy })

describe('certificates', () => {
  test.each(['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'])(
    'trusts the authority in %s',
    async (name) => {
      await using hub = await startSecureHub('localhost')
      expect(await call({ HF_ENDPOINT: `https://localhost:${hub.port}`, [name]: authorityFile })).toBe('200')
    },
  )

  test('does not trust it otherwise, nor for another name, nor once expired, and says what to do', async () => {
    await using hub = await startSecureHub('localhost')
    await using other = await startSecureHub('other.test')
    await using old = await startSecureHub('localhost', -1)
    expect(await askLocal(hub.port, '')).toContain('does not trust; name the authority in SSL_CERT_FILE')
    expect(await askLocal(other.port, authorityFile)).toContain('its certificate is for another name')
    expect(await askLocal(old.port, authorityFile)).toContain("has expired, or this machine's clock is wrong")
    expect([hub, other, old].flatMap(({ authorizations }) => authorizations)).toEqual([])
  })

  test.each([
    ['missing', () => path.join(folder, 'missing.pem')],
    ['a folder', () => folder],
    ['no certificate', () => import.meta.filename],
  ])('goes on without a file that is %s, trusting nobody more', async (_, file) => {
    await using hub = await startSecureHub('localhost')
    expect(await call({ HF_ENDPOINT: `https://localhost:${hub.port}`, SSL_CERT_FILE: file() })).toContain(
      'does not trust',
    )
  })
})

describe('proxies', () => {
  const allowed = JSON.stringify({ allowedEndpoints: ['https://hub.test'] })

  test('tunnels to an https Hub, and shows the token to the Hub alone', async () => {
    await using hub = await startSecureHub('hub.test')
    await using proxy = await startLocalProxy({ ports: { 'hub.test:443': hub.port } })
    const environment = {
      HF_ENDPOINT: 'https://hub.test/below/',
      HF_TOKEN: 'hf_test_ada',
      SSL_CERT_FILE: authorityFile,
      https_proxy: `http://${proxy.host}`,
    }
    expect(await call(environment, allowed)).toBe('200')
    expect(proxy.asked).toEqual(['CONNECT hub.test:443'])
    expect(hub.authorizations).toEqual(['Bearer hf_test_ada'])
  })

  test('passes a plain http Hub on without the token', async () => {
    await using hub = await startLocalHub((_, response) => json(response, []))
    await using proxy = await startLocalProxy({ ports: { 'hub.test:80': Number(new URL(hub.url).port) } })
    const environment = { HF_ENDPOINT: 'http://hub.test', HF_TOKEN: 'hf_test_ada', HTTP_PROXY: proxy.host }
    expect(await call(environment)).toBe('200')
    expect(proxy.asked).toEqual(['GET http://hub.test/api/models'])
    expect(hub.requests.map(({ headers }) => headers.authorization)).toEqual([undefined])
  })

  test('gives the proxy its name and password, and nobody else', async () => {
    await using hub = await startSecureHub('hub.test')
    await using proxy = await startLocalProxy({ ports: { 'hub.test:443': hub.port }, login: 'ada:open sesame' })
    const environment = { HF_ENDPOINT: 'https://hub.test', SSL_CERT_FILE: authorityFile }
    const through = (login: string): Promise<string> =>
      call({ ...environment, HTTPS_PROXY: `http://${login}${proxy.host}` })
    expect(await through('ada:open%20sesame@')).toBe('200')
    expect(hub.authorizations).toEqual([undefined])
    const refusals = [await through(''), await through('ada:wrong-word@')]
    for (const said of refusals) expect(said).toContain(`the proxy ${proxy.host} asks for a name and a password`)
    expect(refusals.join()).not.toContain('wrong-word')
  })

  test('goes straight where NO_PROXY says so, and always to this machine', async () => {
    await using hub = await startSecureHub('localhost')
    await using proxy = await startLocalProxy({ ports: {} })
    const environment = { HTTPS_PROXY: `http://${proxy.host}`, SSL_CERT_FILE: authorityFile }
    expect(await call({ ...environment, HF_ENDPOINT: `https://localhost:${hub.port}` })).toBe('200')
    expect(await call({ ...environment, HF_ENDPOINT: 'https://hub.invalid', NO_PROXY: '.invalid' })).toContain(
      'its name',
    )
    expect(proxy.asked).toEqual([])
  })

  test('says that it was the proxy: unreachable, refusing, silent, or none at all', async () => {
    await using proxy = await startLocalProxy({ ports: {} })
    await using silent = await startLocalProxy({ ports: {}, isSilent: true })
    const gone = await askThrough('http://ada:sesame@127.0.0.1:9')
    expect(gone).toContain('the proxy 127.0.0.1:9 cannot be reached: the connection was refused')
    expect(gone).not.toContain('sesame')
    expect(await askThrough('http://proxy.invalid')).toContain('the proxy proxy.invalid:80 cannot be reached: its name')
    expect(await askThrough(`http://${proxy.host}`)).toContain(`the proxy ${proxy.host} answered 503`)
    expect(await askThrough(`http://${silent.host}`)).toContain('no answer within 1.5 s')
    expect(await askThrough('socks5://proxy.invalid')).toContain('Cannot use the proxy of HTTPS_PROXY')
  })
})

describe('the token', () => {
  test('comes back in nothing that a Hub echoes it in: body, headers, addresses, any spelling', async () => {
    const token = 'hf_test_ada_reads'
    const escaped = token
      .split('')
      .map((character) => `\\u00${character.charCodeAt(0).toString(16)}`)
      .join('')
    await using hub = await startLocalHub((request, response) => {
      const given = request.headers.authorization ?? ''
      response
        .writeHead(403, { 'x-error-message': given, 'x-request-id': token, 'x-error-code': token.replace('h', '%68') })
        .end(`{"error":"${given} ${escaped}"}`)
    })
    await using client = new HubClient(hub.settings({ HF_TOKEN: token }))
    const answer = await client.send({ path: '/api/models' })
    expect(hub.requests[0]?.headers.authorization).toContain(token)
    expect(JSON.stringify(JSON.parse(answer.body)) + JSON.stringify(answer)).not.toContain(token)
    expect(answer).toMatchObject({
      body: '{"error":"Bearer [secret] [secret]"}',
      headers: { 'x-error-message': 'Bearer [secret]', 'x-request-id': '[secret]', 'x-error-code': '[secret]' },
    })
  })
})

test('a signal that outlives its requests holds nothing of them, though memory was cleared while they ran', async () => {
  const waiting: (() => void)[] = []
  await using hub = await startLocalHub((_, response) => void waiting.push(() => json(response, [])))
  await using client = new HubClient(hub.settings())
  const { signal } = new AbortController()
  const ask = async (): Promise<void> => void (await client.send({ path: '/api/models', signal }))
  const opened = async (): Promise<void> => (await client.open(new URL(hub.url), { signal })).cancel()
  const running = Array.from({ length: 6 }, (_, n) => (n % 2 === 0 ? ask() : opened()))
  while (waiting.length < running.length) await sleep(5)
  clearMemory()
  for (const answer of waiting) answer()
  await Promise.all(running)
  // A connection that is torn down says so a moment later.
  await expect.poll(() => getEventListeners(signal, 'abort'), { timeout: 10_000 }).toEqual([])
})

/** What V8 does by itself now and then. */
function clearMemory(): void {
  setFlagsFromString('--expose-gc')
  const gc: unknown = runInNewContext('gc')
  if (typeof gc === 'function') gc()
}
