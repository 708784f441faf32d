import { globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { addJob } from '@hubgate/core/download/queue'
import { HubClient, openRangeReader } from '@hubgate/core/hub'
import { loadSettings } from '@hubgate/core/settings'
import { openStore } from '@hubgate/core/store'
import { startHubEmulator } from 'hub-emulator'
import { describe, expect, test } from 'vitest'
import { startLocalProxy } from '../../core/test/hub/local-proxy.ts'
import { escaped, type Hostility, startHostileHub } from './hostile-hub.ts'
import { type Run, runHubgate, temporaryHome } from './run-hubgate.ts'

// Made here, so that no text of that shape stands in this file; it looks like a real one, for what goes by looks.
const secret = `hf_${'Te5t'.repeat(7)}`

/** Whatever asks the Hub, as talkative as it can be made. */
const commands: readonly (readonly string[])[] = [
  ['search', 'x', '--verbose'],
  ['search', 'x', '--source', 'live', '--json', '--verbose'],
  ['search', 'x', '--check', '--style', 'plain', '--verbose'],
  ['show', 'a/b', '--verbose'],
  ['show', 'a/b', '--json', '--verbose'],
  ['access', 'a/b', '--verbose'],
  ['access', 'a/b', 'c/d', '--json', '--verbose'],
  ['fit', 'a/b', '--verbose'],
  ['get', 'a/b', '--verbose'],
  ['get', 'a/b', '--all', '--json', '--verbose'],
  ['queue', 'add', 'a/b', '--verbose'],
  ['queue', 'add', 'a/b', 'c/d', '--all', '--json', '--verbose'],
  ['queue', 'run', '--verbose'],
  ['token', 'status', '--verbose'],
  ['token', 'status', '--json'],
  ['token', 'set', '--yes', '--verbose'],
  ['doctor', '--json', '--verbose'],
]

const keptCommands: readonly (readonly string[])[] = [
  ['search', 'b', '--offline', '--json', '--verbose'],
  ['show', 'a/b', '--offline', '--verbose'],
  ['access', 'a/b', '--offline', '--verbose'],
  ['queue', 'list', '--json'],
  ['queue', 'log', '--verbose'],
]

/** Every command at every Hub takes minutes: by itself this asks each Hub a third of them, in turn. */
const isWhole = process.env['HUBGATE_SECRECY'] === 'whole'
/** What these say is shown and kept in full: every command meets them. */
const fullest = ['writes the token into every field', 'writes it in escapes']

function chosenFor(hostility: string, all: typeof commands): typeof commands {
  const number = Object.keys(hostilities).indexOf(hostility)
  return all.filter((_, n) => isWhole || fullest.includes(hostility) || (n + number) % 3 === 0)
}

const model = (token: string): object => ({
  id: 'a/b',
  author: token,
  gated: 'manual',
  downloads: 1,
  tags: [token, `license:${token}`, `base_model:${token}`],
  pipeline_tag: token,
  library_name: token,
  cardData: { license: token, extra_gated_prompt: token },
  siblings: [{ rfilename: token }],
  config: { model_type: token },
})

const send = ({ response }: Parameters<Hostility>[0], status: number, body: string, headers = {}): void =>
  void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)

/** Each tries to have the token shown, kept or sent on. */
const hostilities: Readonly<Record<string, Hostility>> = {
  'refuses and quotes the token': (exchange) =>
    send(exchange, 403, JSON.stringify({ error: `no: Bearer ${exchange.token}` }), {
      'x-error-message': `no: ${exchange.token}`,
      'x-error-code': exchange.token,
      'x-request-id': exchange.token,
      'www-authenticate': `Bearer realm="${exchange.token}"`,
    }),
  'does not know the token, and quotes it': (exchange) =>
    send(exchange, 401, JSON.stringify({ error: `Invalid credentials in Authorization header ${exchange.token}` })),
  'fails, and quotes the token in plain text': (exchange) =>
    send(exchange, 501, `failed for ${exchange.token}`, { 'content-type': 'text/plain' }),
  'asks to slow down in the name of the token': (exchange) =>
    send(exchange, 429, JSON.stringify({ error: `slow down ${exchange.token}` }), {
      ratelimit: `"${exchange.token}";r=0;t=9999`,
      'retry-after': '9999',
    }),
  'writes the token into every field': (exchange) => {
    const { path: asked, token } = exchange
    const account = {
      name: token,
      fullname: token,
      orgs: [{ name: token }],
      auth: { accessToken: { displayName: token } },
    }
    const value = asked.includes('whoami') ? account : asked.includes('/api/models/') ? model(token) : [model(token)]
    send(exchange, 200, JSON.stringify(value))
  },
  'writes it in escapes': (exchange) => {
    const { path: asked, token } = exchange
    const text = JSON.stringify(
      asked.includes('?') ? [model(token)] : { ...model(token), name: token, fullname: token },
    )
    send(exchange, 200, text.replaceAll(token, escaped(token)))
  },
  'refuses in escapes': (exchange) => send(exchange, 403, `{"error":"no: ${escaped(exchange.token)}"}`),
  'sends a page with the token': (exchange) =>
    send(exchange, 200, `<html>${exchange.token}</html>`, { 'content-type': 'text/html' }),
  'sends JSON that breaks off after the token': (exchange) => send(exchange, 200, `[{"id":"${exchange.token}`),
  'redirects to another origin, the token in the address': (exchange) =>
    send(exchange, 307, '', { location: `${exchange.elsewhere}/api/models?t=${exchange.token}` }),
  'redirects with a user name in the address': (exchange) =>
    send(exchange, 302, '', { location: `${exchange.elsewhere.replace('//', `//${exchange.token}@`)}/x` }),
  'calls it a rename': (exchange) =>
    exchange.path.includes('Te5t') || exchange.token === ''
      ? send(exchange, 404, JSON.stringify({ error: `no ${exchange.path}` }), { 'x-error-message': exchange.path })
      : send(exchange, 307, '', { location: `/api/models/new/${exchange.token}` }),
  'calls it a rename, in percent signs': (exchange) =>
    exchange.path.includes('%54')
      ? send(exchange, 404, JSON.stringify({ error: exchange.path }))
      : send(exchange, 307, '', { location: `/api/models/new/${exchange.token.replace('Te5t', '%54e5t')}` }),
  'names a next page at another origin': (exchange) =>
    send(exchange, 200, '[]', { link: `<${exchange.elsewhere}/api/models?cursor=${exchange.token}>; rel="next"` }),
  'hangs up in the middle of the token': ({ response, token }) => {
    response.writeHead(200, { 'content-length': '1000' })
    response.write(`[{"id":"${token}`, () => response.destroy())
  },
  'sends headers that are none': ({ response, token }) => {
    response.socket?.end(`HTTP/1.1 200 OK\r\n${token}\r\n: \u0001${token}\r\n\r\n`)
  },
}

interface Home {
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
}

/** A home in which everything is kept, and a token file in it. */
function makeHome(endpoint: string): Home {
  const folder = temporaryHome()
  const hfHome = path.join(folder, 'hf')
  mkdirSync(hfHome, { mode: 0o700 })
  writeFileSync(path.join(hfHome, 'token'), secret, { mode: 0o600 })
  const environment = { HOME: folder, HF_HOME: hfHome, HUBGATE_HOME: path.join(folder, 'own'), HF_ENDPOINT: endpoint }
  return { folder, environment: { ...environment, HF_DEBUG: '1' } }
}

/** So that there is a job to be done, whatever that Hub says. */
async function putIntoQueue({ folder }: Home, endpoint: string): Promise<void> {
  await using store = await openStore({ folder: path.join(folder, 'own'), runsIn: 'here' })
  await addJob(store.jobs, { endpoint, modelId: 'a/b', revision: 'main', choice: {}, whenGranted: false })
}

/** Then its job would be waited for. */
const isPutOff = (said: string): boolean => said.includes('a/b: queued')

/** Files that hold the token, but for the two that are there to hold it. */
function filesWithSecret({ folder }: Home): string[] {
  return globSync('**/*', { cwd: folder })
    .filter((name) => !['hf/token', 'hf/stored_tokens'].includes(name.replaceAll('\\', '/')))
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile() && readFileSync(file).includes(secret))
}

/** Nothing that was printed may hold it, in any spelling that a terminal or a reader of JSON turns back into it. */
function expectUnprinted({ stdout, stderr }: Pick<Run, 'stdout' | 'stderr'>): void {
  for (const text of [stdout, stderr]) {
    expect(text).not.toContain(secret)
    expect(unescaped(text)).not.toContain(secret)
  }
}

function unescaped(text: string): string {
  return text
    .replaceAll(/\\u([0-9a-f]{4})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
    .replaceAll(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}

describe('the token is shown, kept and sent nowhere else, where the Hub', () => {
  test.each(Object.entries(hostilities))('%s', async (hostility, behave) => {
    await using hub = await startHostileHub(secret, behave)
    const home = makeHome(hub.url)
    await putIntoQueue(home, hub.url)
    const run = (words: readonly string[]): Promise<Run> =>
      runHubgate([...words, '--timeout', '5'], home.environment, { input: secret, signalWhen: isPutOff })
    const live = await Promise.all(chosenFor(hostility, commands).map(run))
    // What was kept meanwhile may be shown now.
    const kept = await Promise.all(chosenFor(hostility, keptCommands).map(run))
    for (const { stdout, stderr } of [...live, ...kept]) {
      expect(stdout + stderr).not.toBe('')
      expectUnprinted({ stdout, stderr })
    }
    expect(hub.wasGivenToken).toBe(true)
    expect(filesWithSecret(home)).toEqual([])
    expect(hub.commandLines).toEqual([])
    expect(hub.elsewhere.map(unescaped).join('\n')).not.toContain(secret)
    expect(hub.elsewhere.join('\n').toLowerCase()).not.toContain('authorization')
  })
})

describe('the token stays here', () => {
  test('of a mirror that was not allowed, asked through a proxy: neither of them gets it', async () => {
    await using hub = await startHostileHub(secret, hostilities['writes the token into every field']!)
    await using proxy = await startLocalProxy({ ports: { 'mirror.test:80': Number(new URL(hub.url).port) } })
    const home = makeHome('http://mirror.test')
    const environment = { ...home.environment, HTTP_PROXY: `http://${proxy.host}`, HF_TOKEN: secret }
    for (const words of commands) expectUnprinted(await runHubgate(words, environment, { input: secret }))
    expect(proxy.asked.length).toBeGreaterThan(5)
    expect(hub.wasGivenToken).toBe(false)
    expect(filesWithSecret(home)).toEqual([])
  })

  test('of the servers that keep the files, of a renamed model, and of a Hub that counts', async () => {
    await using hub = await startHubEmulator({
      wellKnown: false,
      syntheticModels: 0,
      accounts: [{ name: 'eve', tokens: [{ value: secret, role: 'read' }] }],
      models: [
        {
          id: 'acme/big',
          formerIds: ['acme/old'],
          files: { 'config.json': '{"model_type":"llama"}', 'model.safetensors': { size: 5_000_000 } },
        },
      ],
    })
    const home = makeHome(hub.endpoint)
    for (const words of [
      ['show', 'acme/old'],
      ['access', 'acme/old'],
      ['fit', 'acme/big'],
      ['search', 'big', '--check'],
    ])
      expectUnprinted(await runHubgate([...words, '--verbose'], home.environment))
    // No command fetches large files yet: the library does.
    await using client = new HubClient(loadSettings({ environment: home.environment, homeFolder: home.folder }))
    const reader = await openRangeReader(client, { modelId: 'acme/big', path: 'model.safetensors' })
    expect((await reader.read(0, 8)).length).toBe(8)
    const asked = hub.log.entries({ host: 'hub' })
    expect(asked.some(({ headers }) => headers.authorization === `Bearer ${secret}`)).toBe(true)
    expect(asked.map(({ url }) => url).join('\n')).not.toContain(secret)
    const fetched = hub.log.entries({ host: 'cdn' })
    expect(fetched.length).toBeGreaterThan(0)
    expect(JSON.stringify(fetched)).not.toContain(secret)
    expect(filesWithSecret(home)).toEqual([])
  })

  test.each([
    ['a configuration that is no JSON', '{', {}],
    ['one with the token for a key', JSON.stringify({ [secret]: secret }), {}],
    ['the token for an endpoint', '', { HF_ENDPOINT: secret }],
    ['the token in an endpoint', '', { HF_ENDPOINT: `https://${secret}@mirror.invalid` }],
    ['the token for a proxy', '', { HTTPS_PROXY: secret, HF_ENDPOINT: 'https://mirror.invalid' }],
    ['the token for a time-out', '', { HF_HUB_ETAG_TIMEOUT: secret }],
    ['the token for a certificate file', '', { SSL_CERT_FILE: secret }],
  ])('of an error over %s', async (_, config, environment) => {
    const home = makeHome('http://127.0.0.1:9')
    mkdirSync(path.join(home.folder, 'own'))
    writeFileSync(path.join(home.folder, 'own', 'config.json'), config || '{}')
    const words = [['search', 'x', '--verbose'], ['token', 'status'], ['doctor'], ['access', 'a/b', '--verbose']]
    const runs = words.map((each) => runHubgate([...each, '--timeout', '2'], { ...home.environment, ...environment }))
    for (const run of await Promise.all(runs)) {
      expect(run.stdout + run.stderr).not.toBe('')
      expectUnprinted(run)
    }
  })

  test('of arguments that hold it, however they are wrong', async () => {
    const home = makeHome('http://127.0.0.1:9')
    for (const words of [
      [secret],
      ['show', secret],
      ['search', '--nonsense', secret],
      [`--${secret}`],
      ['token', secret],
    ]) {
      const run = await runHubgate(words, { ...home.environment, HF_TOKEN: secret })
      expect(run.code).toBe(2)
      expectUnprinted(run)
    }
  })

  test('of a crash that nobody waited for', async () => {
    const home = makeHome('http://127.0.0.1:9')
    const crash = `data:text/javascript,setTimeout(()=>{throw new Error('lost '+process.env.HF_TOKEN)},50)`
    await using hub = await startHostileHub(secret, () => {})
    const run = await runHubgate(['access', 'a/b', '--verbose'], {
      ...home.environment,
      HF_ENDPOINT: hub.url,
      HF_TOKEN: secret,
      NODE_OPTIONS: `--import "${crash}"`,
    })
    expect(run.code).toBe(1)
    expect(run.stderr).toContain('lost [secret]')
    expectUnprinted(run)
  })
})
