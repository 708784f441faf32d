import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { startHubEmulator } from 'hub-emulator'
import { describe, expect, test } from 'vitest'
import { type Run, runHubgate, temporaryHome } from './run-hubgate.ts'
import { startHub } from './start-hub.ts'

const setup = { wellKnown: false, syntheticModels: 0 } as const
const ada = 'hf_test_ada_read'

interface Place {
  readonly tokenFile: string
  readonly storedTokens: string
  readonly config: string
  run(args: readonly string[], options?: { input?: string; environment?: Record<string, string> }): Promise<Run>
}

/** A home of one's own, and the Hub that is asked from it. */
function placeAt(endpoint: string): Place {
  const home = temporaryHome()
  return {
    tokenFile: path.join(home, 'hf', 'token'),
    storedTokens: path.join(home, 'hf', 'stored_tokens'),
    config: path.join(home, 'own', 'config.json'),
    run: (args, { input = '', environment = {} } = {}) =>
      runHubgate(
        args,
        { HF_ENDPOINT: endpoint, HF_HOME: path.join(home, 'hf'), HUBGATE_HOME: path.join(home, 'own'), ...environment },
        { input },
      ),
  }
}

const read = (file: string): string => readFileSync(file, 'utf8')

describe('hubgate token set', () => {
  test('stores what is piped in, under the name the Hub has for it, and shows it nowhere', async () => {
    await using hub = await startHubEmulator(setup)
    const place = placeAt(hub.endpoint)
    const { code, stdout, stderr } = await place.run(['token', 'set'], { input: `  ${ada}\n` })
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr).toContain('stored the token of ada (read, named "laptop") as "laptop"')
    expect(stderr).not.toContain(ada)
    expect(read(place.tokenFile)).toBe(ada)
    expect(read(place.storedTokens)).toBe(`[laptop]\nhf_token = ${ada}\n\n`)
    expect([place.tokenFile, place.storedTokens].map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600])
    const status = await place.run(['token', 'status', '--json'])
    expect(JSON.parse(status.stdout)).toMatchObject({
      state: 'valid',
      account: 'ada',
      kind: 'read',
      name: 'laptop',
      from: place.tokenFile,
      sentTo: hub.endpoint,
    })
  })

  test('warns of a token that may not read gated models', async () => {
    await using hub = await startHubEmulator(setup)
    const place = placeAt(hub.endpoint)
    const fine = await place.run(['token', 'set', '--json'], { input: 'hf_test_ada_fine' })
    expect(JSON.parse(fine.stdout)).toMatchObject({ name: 'no gated repos', account: 'ada', checked: true })
    expect(fine.stderr).toContain(`${hub.endpoint}/settings/tokens/new?canReadGatedRepos=true`)
  })

  test.each([
    [{ name: 'eve', auth: { type: 'oauth' } }, 'oauth-eve'],
    [{ name: 'eve', auth: { accessToken: { displayName: 'a\n[b]', role: 'read' } } }, 'a [b]'],
    [{ name: 'eve', auth: { accessToken: { displayName: 'DEFAULT', role: 'read' } } }, 'oauth-eve'],
  ])('names it as hf does, in one line whatever the Hub says: %j', async (whoami, name) => {
    await using hub = await startHub((_, response) => void response.end(JSON.stringify(whoami)))
    const place = placeAt(hub.url)
    const { code } = await place.run(['token', 'set'], { input: ada })
    expect(code).toBe(0)
    expect(read(place.storedTokens)).toBe(`[${name}]\nhf_token = ${ada}\n\n`)
  })

  test('asks before another token is put away, and does not without an answer', async () => {
    await using hub = await startHubEmulator(setup)
    const place = placeAt(hub.endpoint)
    mkdirSync(path.dirname(place.tokenFile))
    writeFileSync(place.tokenFile, 'hf_test_by_hand')
    const asked = await place.run(['token', 'set'], { input: ada })
    expect(asked.code).toBe(2)
    expect(asked.stderr).toContain('nowhere else: it would be gone')
    expect(asked.stderr).toContain('--yes')
    expect(read(place.tokenFile)).toBe('hf_test_by_hand')
    expect((await place.run(['token', 'set', '--yes'], { input: ada })).code).toBe(0)
    expect(read(place.tokenFile)).toBe(ada)
  })

  test('does not store what the Hub refuses', async () => {
    await using hub = await startHubEmulator(setup)
    const place = placeAt(hub.endpoint)
    const { code, stderr } = await place.run(['token', 'set'], { input: 'hf_test_unknown' })
    expect(code).toBe(4)
    expect(stderr).toContain('the Hub does not know it')
    expect(existsSync(place.tokenFile)).toBe(false)
  })

  test.each([
    ['offline', ['--offline'], {}, 'offline mode was asked for'],
    ['the Hub is not reached', [], { HF_ENDPOINT: 'http://127.0.0.1:9' }, 'Cannot reach the Hub'],
    ['the endpoint may not be sent it', [], { HF_ENDPOINT: 'https://mirror.invalid' }, 'may not be sent a token'],
  ])('says plainly that it stored unchecked where %s', async (_, args, environment, why) => {
    const place = placeAt('http://127.0.0.1:9')
    const { code, stderr } = await place.run(['token', 'set', ...args], { input: ada, environment })
    expect(code).toBe(0)
    expect(stderr).toContain('stored unchecked')
    expect(stderr).toContain(why)
    expect(read(place.tokenFile)).toBe(ada)
    expect(read(place.storedTokens)).toContain('[hubgate]')
  })

  test('says that HF_TOKEN hides what was stored', async () => {
    await using hub = await startHubEmulator(setup)
    const environment = { HF_TOKEN: 'hf_test_bob_read' }
    const { stderr } = await placeAt(hub.endpoint).run(['token', 'set'], { input: ada, environment })
    expect(stderr).toContain('HF_TOKEN is set and is used instead')
  })

  test.each([
    [['token', 'set', ada]],
    [['token', 'set', `--token=${ada}`]],
    [['token', 'set', '--name', ada]],
    [['search', `hf_${'Ab1'.repeat(11)}`]],
    [[`hf_${'Ab1'.repeat(11)}`]],
    [['--token', `hf_${'Ab1'.repeat(11)}`]],
  ])('refuses a token on the command line (%#) without repeating it', async (args) => {
    const { code, stdout, stderr } = await runHubgate(args)
    expect(code).toBe(2)
    expect(stderr).toContain('shell history, revoke it')
    for (const word of args.filter((text) => text.includes('hf_')))
      expect(stdout + stderr).not.toContain(word.replace('--token=', ''))
  })

  test('takes a name for a name: a search for words that only begin as a token does', async () => {
    expect((await runHubgate(['search', 'token', 'hf_tools', '--source', 'offline'])).code).toBe(0)
  })

  test.each([
    ['', 'nothing was given'],
    ['"hf_test_ada"', 'quotation mark'],
    [`${ada}\n${ada}`, 'line breaks'],
    ['secret-of-another-kind', 'begins with hf_'],
    [`${ada}\u001B[2J`, 'characters that no token has'],
  ])('refuses %j without repeating it', async (input, why) => {
    const place = placeAt('http://127.0.0.1:9')
    const { code, stderr } = await place.run(['token', 'set', '--offline'], { input })
    expect(code).toBe(2)
    expect(stderr).toContain(why)
    if (input !== '') expect(stderr).not.toContain(input.slice(0, 12))
    expect(existsSync(place.tokenFile)).toBe(false)
  })

  const hasTerminal = spawnSync('script', ['--version']).status === 0
  test.skipIf(!hasTerminal)('on a terminal hides what is typed (skipped only where there is no `script`)', async () => {
    await using hub = await startHubEmulator(setup)
    const home = temporaryHome()
    const bin = fileURLToPath(new URL('../bin/hubgate.js', import.meta.url))
    const child = spawn('script', ['-qec', `"${process.execPath}" "${bin}" token set`, '/dev/null'], {
      env: { PATH: process.env['PATH'] ?? '', HOME: home, HF_ENDPOINT: hub.endpoint, TERM: 'xterm' },
    })
    let shown = ''
    child.stdout.on('data', (part: Buffer) => {
      shown += part.toString()
      if (shown.includes('Token (not shown):') && !child.stdin.writableEnded) child.stdin.end(`${ada}\r`)
    })
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0)
    expect(shown).toContain('stored the token of ada')
    expect(shown).not.toContain(ada)
    expect(read(path.join(home, '.cache', 'huggingface', 'token'))).toBe(ada)
  })
})

describe('hubgate token status', () => {
  test('shows whose it is, its kind, its reach, where it came from, what it hides and who gets it', async () => {
    await using hub = await startHubEmulator(setup)
    const place = placeAt(hub.endpoint)
    await place.run(['token', 'set'], { input: ada })
    const environment = { HF_TOKEN: 'hf_test_max_read' }
    const { code, stdout } = await place.run(['token', 'status'], { environment })
    expect(code).toBe(0)
    for (const said of [
      'max (Max M.)',
      'acme',
      'read',
      'every model this account was let into',
      'HF_TOKEN',
      hub.endpoint,
    ])
      expect(stdout).toContain(said)
    expect(stdout).toMatch(new RegExp(`hides +${place.tokenFile}`))
    expect(stdout).not.toContain('hf_test')
  })

  test.each([
    ['none', {}, 3, null],
    ['refused', { HF_TOKEN: 'hf_test_unknown' }, 4, 'HF_TOKEN'],
    ['unchecked', { HF_TOKEN: ada, HF_ENDPOINT: 'http://127.0.0.1:9' }, 5, 'HF_TOKEN'],
    ['unchecked', { HF_TOKEN: ada, HF_HUB_OFFLINE: '1' }, 0, 'HF_TOKEN'],
    ['unused', { HF_TOKEN: ada, HF_ENDPOINT: 'https://mirror.invalid' }, 0, 'HF_TOKEN'],
    ['unused', { HF_TOKEN: ada, HF_HUB_DISABLE_IMPLICIT_TOKEN: '1' }, 0, 'HF_TOKEN'],
    ['valid', { HF_TOKEN: 'hf_test_ada_fine_gated' }, 0, 'HF_TOKEN'],
  ])('says %s for %j, with %i', async (state, environment, code, from) => {
    await using hub = await startHubEmulator(setup)
    const place = placeAt(hub.endpoint)
    const json = await place.run(['token', 'status', '--json'], { environment })
    expect(JSON.parse(json.stdout)).toMatchObject({ state, from })
    expect(json.code).toBe(code)
    const page = await place.run(['token', 'status'], { environment })
    expect(page).toMatchObject({ code })
    expect(page.stdout + page.stderr + json.stdout + json.stderr).not.toContain('hf_test')
  })
})

describe('hubgate token remove', () => {
  test('removes what set stored, and nothing that another tool did', async () => {
    await using hub = await startHubEmulator(setup)
    const place = placeAt(hub.endpoint)
    mkdirSync(path.dirname(place.tokenFile))
    const others = '# by hf\n[work]\nhf_token = hf_test_work\n\n'
    writeFileSync(place.storedTokens, others)
    await place.run(['token', 'set'], { input: ada })
    const { code, stderr } = await place.run(['token', 'remove'])
    expect(code).toBe(0)
    expect(stderr).toContain('removed the token "laptop"')
    expect(stderr).toContain('left what other tools stored: "work"')
    expect(existsSync(place.tokenFile)).toBe(false)
    expect(read(place.storedTokens)).toBe(others)
    const again = await place.run(['token', 'remove', '--json'])
    expect(JSON.parse(again.stdout)).toEqual({ removed: [], left: [{ path: place.storedTokens, name: 'work' }] })
  })
})

describe('hubgate token allow-endpoint', () => {
  test('writes the origin into config.json, says what that means, and takes it back', async () => {
    const place = placeAt('http://127.0.0.1:9')
    const url = 'https://mirror.invalid/hf/'
    const allowed = await place.run(['token', 'allow-endpoint', url])
    expect(allowed).toMatchObject({ code: 0, stdout: '' })
    expect(allowed.stderr).toContain('whoever runs it can use the token as you')
    expect(JSON.parse(read(place.config))).toEqual({ allowedEndpoints: ['https://mirror.invalid'] })
    const environment = { HF_ENDPOINT: url, HF_TOKEN: ada, HF_HUB_OFFLINE: '1' }
    const sentTo = async (): Promise<unknown> =>
      JSON.parse((await place.run(['token', 'status', '--json'], { environment })).stdout)
    expect(await sentTo()).toMatchObject({ sentTo: 'https://mirror.invalid' })
    const back = await place.run(['token', 'allow-endpoint', url, '--remove', '--json'])
    expect(JSON.parse(back.stdout)).toMatchObject({ allowed: false, changed: true })
    expect(await sentTo()).toMatchObject({ sentTo: null })
  })

  test.each([
    ['http://mirror.invalid', 2, 'plain http'],
    ['mirror.invalid', 2, 'https://'],
    ['https://ada:sesame@mirror.invalid', 2, 'user name or password'],
    ['https://huggingface.co', 0, 'the Hub itself'],
    ['http://localhost:8000', 0, 'this machine'],
  ])('answers %s with %i', async (url, code, said) => {
    const place = placeAt('http://127.0.0.1:9')
    const run = await place.run(['token', 'allow-endpoint', url])
    expect(run.code).toBe(code)
    expect(run.stderr).toContain(said)
    expect(run.stderr).not.toContain('sesame')
    expect(existsSync(place.config)).toBe(false)
  })
})

test.each([[['token', '--help']], [['token', 'set', '--help']], [['token', 'allow-endpoint', '--help']]])(
  'hubgate %j helps',
  async (args) => {
    const { code, stdout } = await runHubgate(args)
    expect(code).toBe(0)
    expect(stdout).toContain(`Usage: hubgate ${args.slice(0, -1).join(' ')}`)
  },
)
