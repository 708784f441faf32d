import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { startHubEmulator } from 'hub-emulator'
import { describe, expect, test } from 'vitest'
import { createAuthority } from '../../core/test/hub/local-authority.ts'
import { startLocalProxy } from '../../core/test/hub/local-proxy.ts'
import { runHubgate, temporaryHome } from './run-hubgate.ts'
import { startHub } from './start-hub.ts'

interface Finding {
  readonly name: string
  readonly state: 'ok' | 'note' | 'problem'
  readonly text: string
  readonly remedy?: string
}

interface Diagnosis {
  readonly code: number | null
  readonly findings: readonly Finding[]
  /** State, text and remedy of one check, for a reader. */
  readonly of: (name: string) => string
}

const setup = { wellKnown: false, syntheticModels: 0, models: [{ id: 'acme/tiny' }] } as const
const noHub = 'http://127.0.0.1:9'

async function diagnose(environment: Record<string, string>, words: readonly string[] = []): Promise<Diagnosis> {
  const { code, stdout } = await runHubgate(['doctor', '--json', ...words], environment)
  const findings = JSON.parse(stdout) as Finding[]
  return {
    code,
    findings,
    of: (name) =>
      findings
        .filter((finding) => finding.name === name)
        .map(({ state, text, remedy }) => `${state}: ${text} -> ${remedy}`)
        .join('\n'),
  }
}

/** A Hub that lists no models, at this hour and with these headers. */
function startBareHub(headers: Record<string, string>, body = '[]'): ReturnType<typeof startHub> {
  return startHub((_, response) => void response.writeHead(200, headers).end(body))
}

describe('hubgate doctor', () => {
  test('finds everything well beside a Hub, and tells whose token it is and what is left of the budget', async () => {
    await using hub = await startHubEmulator(setup)
    const { code, findings, of } = await diagnose({ HF_ENDPOINT: hub.endpoint, HF_TOKEN: 'hf_test_ada_read' })
    expect(findings.filter(({ state }) => state !== 'ok')).toEqual([])
    expect(code).toBe(0)
    expect(findings.map(({ name }) => name)).toEqual([
      'node',
      'curated list',
      'settings',
      'hubgate home',
      'hub cache',
      'memory',
      'proxy',
      'name',
      'connection',
      'endpoint',
      'clock',
      'token',
      'rate limit',
    ])
    expect(of('endpoint')).toContain('as a Hub')
    expect(of('token')).toContain('ada\'s, read, named "laptop", from HF_TOKEN')
    expect(of('rate limit')).toMatch(/api: 99\d of 1000 calls left in 300 s/)
  })

  test('goes on past everything that is broken at once, each with its remedy, and ends with 1', async () => {
    await using hub = await startHubEmulator(setup)
    const home = temporaryHome()
    writeFileSync(path.join(home, 'config.json'), '{"offline": tru')
    mkdirSync(path.join(home, 'hf'))
    writeFileSync(path.join(home, 'hf', 'token'), 'hf_test_unknown', { mode: 0o644 })
    new DatabaseSync(path.join(home, 'state.db')).exec('PRAGMA user_version = 9999')
    const { code, findings, of } = await diagnose({
      HF_ENDPOINT: hub.endpoint,
      HUBGATE_HOME: home,
      HF_HOME: path.join(home, 'hf'),
      HF_HUB_ETAG_TIMEOUT: 'soon',
      SSL_CERT_FILE: path.join(home, 'missing.pem'),
    })
    expect(code).toBe(1)
    expect(of('settings')).toContain('config.json: it is not valid JSON')
    expect(of('settings')).toContain('HF_HUB_ETAG_TIMEOUT')
    expect(of('token file')).toContain('chmod 600')
    expect(of('memory')).toContain('install the newer hubgate')
    expect(of('certificates')).toContain('does not exist')
    expect(of('token')).toContain('the Hub does not know it')
    expect(of('endpoint')).toContain('ok')
    for (const { state, remedy } of findings) if (state === 'problem') expect(remedy).toMatch(/\w{4}/)
  })

  test.each([
    ['a web page', { 'content-type': 'text/html' }, '<html>sign in</html>', 'the network may want you to sign in'],
    ['something else', { 'content-type': 'application/json' }, '{"hello":1}', 'is this the address of a Hub?'],
    ['models without the headers of a Hub', {}, '[{"id":"a/b"}]', 'a mirror?'],
  ])('knows %s from a Hub', async (_, headers, body, said) => {
    await using hub = await startBareHub(headers, body)
    expect((await diagnose({ HF_ENDPOINT: hub.url })).of('endpoint')).toContain(said)
  })

  test('suspects a sign-in page where the Hub redirects elsewhere, and sends that nothing', async () => {
    await using portal = await startBareHub({})
    await using hub = await startHub((_, response) => void response.writeHead(302, { location: portal.url }).end())
    const { of } = await diagnose({ HF_ENDPOINT: hub.url, HF_TOKEN: 'hf_test_ada' })
    expect(of('endpoint')).toContain('the network may want you to sign in')
    expect(portal.authorizations).toEqual([])
  })

  test.each([
    [-3600, 'problem', "60 min ahead of the Hub's"],
    [10_800, 'problem', "3 h behind the Hub's"],
    [-120, 'ok', 'ahead of'],
    [0, 'ok', "as the Hub's"],
  ])('compares the clock: a Hub %i s off is %s', async (seconds, state, said) => {
    await using hub = await startHub((_, response) => {
      response.sendDate = false
      response.setHeader('date', new Date(Date.now() + seconds * 1000).toUTCString())
      response.end('[]')
    })
    const clock = (await diagnose({ HF_ENDPOINT: hub.url })).of('clock')
    expect(clock).toContain(said)
    expect(clock).toContain(state)
    if (state === 'problem') expect(clock).toContain('timedatectl')
  })

  test('says when the budget is used up, and how long to wait', async () => {
    await using hub = await startBareHub({
      ratelimit: '"api";r=0;t=77',
      'ratelimit-policy': '"fixed window";"api";q=500;w=300',
    })
    const { of, code } = await diagnose({ HF_ENDPOINT: hub.url })
    expect(of('rate limit')).toContain('problem: api: 0 of 500 calls left in 300 s, anew in 77 s -> wait 77 s')
    expect(code).toBe(1)
  })

  test('ends by its time-out where the Hub hangs, and says so of each that asked it', async () => {
    await using hub = await startHub(() => {})
    const { code, of } = await diagnose({ HF_ENDPOINT: hub.url, HF_TOKEN: 'hf_test_ada' }, ['--timeout', '1'])
    expect(code).toBe(1)
    expect(of('endpoint')).toContain('no answer within 1 s')
    expect(of('connection')).toContain('ok')
    expect(of('clock')).toContain('not known')
    expect(of('token')).toContain('not checked')
  })

  test.each([
    ['nothing listens', { HF_ENDPOINT: noHub }, 'connection', 'the connection was refused'],
    ['the name is unknown', { HF_ENDPOINT: 'https://hub.invalid' }, 'name', 'its name'],
    [
      'the proxy is no proxy',
      { HF_ENDPOINT: 'https://hub.invalid', HTTPS_PROXY: 'socks5://x' },
      'proxy',
      'http://host:port',
    ],
    ['the endpoint is no address', { HF_ENDPOINT: 'hub' }, 'settings', "as the Hub's endpoint"],
  ])('names the trouble where %s', async (_, environment, name, said) => {
    const { code, of } = await diagnose(environment)
    expect(code).toBe(1)
    expect(of(name)).toMatch(/^problem/)
    expect(of(name)).toContain(said)
  })

  test('names who signed a certificate that is not trusted, through a proxy too', async () => {
    const authority = createAuthority()
    const file = path.join(temporaryHome(), 'authority.pem')
    writeFileSync(file, authority.certificate)
    const server = createServer(authority.issue('hub.test'), (_, response) => response.end('[]'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    await using proxy = await startLocalProxy({
      ports: { 'hub.test:443': (server.address() as AddressInfo).port },
      login: 'ada:sesame',
    })
    const environment = { HF_ENDPOINT: 'https://hub.test', HTTPS_PROXY: `http://ada:sesame@${proxy.host}` }
    try {
      const untrusted = await diagnose(environment)
      expect(untrusted.of('connection')).toContain('signed by Hubgate test authority')
      expect(untrusted.of('connection')).toContain('set SSL_CERT_FILE to it')
      expect(untrusted.of('proxy')).toContain(`${proxy.host}, from HTTPS_PROXY`)
      const trusted = await diagnose({ ...environment, SSL_CERT_FILE: file })
      expect(trusted.of('connection')).toContain(`ok: through ${proxy.host}, TLSv1.3`)
      expect(trusted.of('certificates')).toContain('ok: 1 of')
      const refused = await diagnose({ ...environment, HTTPS_PROXY: proxy.host })
      expect(refused.of('connection')).toContain(`the proxy ${proxy.host} asks for a name and a password`)
      expect(JSON.stringify([untrusted, trusted, refused])).not.toContain('sesame')
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  test('tells of tokens that are hidden or not sent, of unknown keys, and asks nobody offline', async () => {
    const home = temporaryHome()
    writeFileSync(path.join(home, 'config.json'), '{"offlin": true}')
    writeFileSync(path.join(home, 'token'), 'hf_test_other', { mode: 0o600 })
    const environment = { HUBGATE_HOME: home, HF_HOME: home, HF_TOKEN: 'hf_test_ada', HF_ENDPOINT: noHub }
    const { code, of } = await diagnose(environment, ['--offline'])
    expect(of('settings')).toContain('HF_TOKEN hides another one')
    expect(of('settings')).toContain('unknown key "offlin"')
    expect(of('network')).toContain('not asked: offline mode was asked for')
    expect(of('token')).toContain('not checked')
    expect(code).toBe(0)
    const elsewhere = await diagnose({ ...environment, HF_ENDPOINT: 'https://mirror.invalid', HF_HUB_OFFLINE: '1' })
    expect(elsewhere.of('token')).toContain('hubgate token allow-endpoint https://mirror.invalid')
  })

  test.each([
    ['hf_test_ada_fine', 'note', 'canReadGatedRepos=true'],
    ['hf_test_ada_fine_gated', 'ok', 'every model this account was let into'],
  ])('says whether %s may read gated models', async (token, state, said) => {
    await using hub = await startHubEmulator(setup)
    const { of, code } = await diagnose({ HF_ENDPOINT: hub.endpoint, HF_TOKEN: token })
    expect(of('token')).toContain(said)
    expect(of('token')).toMatch(new RegExp(`^${state}`))
    expect(code).toBe(0)
  })

  test('says when a browser login has expired', async () => {
    await using hub = await startHubEmulator(setup)
    const home = temporaryHome()
    writeFileSync(path.join(home, 'token'), 'hf_test_ada_read', { mode: 0o600 })
    writeFileSync(path.join(home, 'stored_tokens'), '[web]\nhf_token = hf_test_ada_read\nexpires_at = 1000000000\n', {
      mode: 0o600,
    })
    const { of } = await diagnose({ HF_ENDPOINT: hub.endpoint, HF_HOME: home })
    expect(of('token')).toContain('problem: it expired on 2001-09-09')
    expect(of('token')).toContain('hf auth login')
  })

  test('prints lines for people, and nothing that steers a terminal, whatever the Hub says', async () => {
    const evil = '\u001B[2J\u009B1A'
    await using hub = await startHub((request, response) => {
      const isWhoami = request.url?.includes('whoami') === true
      response.end(JSON.stringify(isWhoami ? { name: `ada${evil}`, orgs: [{ name: evil }] } : [{ id: evil }]))
    })
    const { stdout, stderr } = await runHubgate(['doctor'], { HF_ENDPOINT: hub.url, HF_TOKEN: 'hf_test_ada' })
    expect(stdout).toMatch(/^ok +node/)
    // oxlint-disable-next-line no-control-regex -- none may be printed
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/)
  })
})
