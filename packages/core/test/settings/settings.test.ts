import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hasErrorCode } from '../../src/errors.ts'
import { noticeText } from '../../src/settings/notice.ts'
import { resolveSettings, type SettingsInputs } from '../../src/settings/settings.ts'

const resolve = (environment: Record<string, string>, more: SettingsInputs = {}): ReturnType<typeof resolveSettings> =>
  resolveSettings({ environment, homeFolder: '/home/ada', ...more })

const states = (environment: Record<string, string>, tokenFile?: string): string[] =>
  resolve(environment, { tokenFile }).tokenSources.map(({ state }) => state)

const look = (environment: Record<string, string>, configFile?: string): [string[], string | undefined, boolean] => {
  const faults: string[] = []
  const settings = resolve(
    { HF_TOKEN: 'hf_env', ...environment },
    { configFile, onFault: ({ code }) => faults.push(code) },
  )
  return [faults, settings.offline, settings.token !== undefined]
}

describe('resolveSettings()', () => {
  test('has defaults: huggingface.co, no token, 10 s', () => {
    expect(resolveSettings()).toMatchObject({ token: undefined, offline: undefined, timeoutMs: 10_000 })
    expect(resolveSettings().endpoint.href).toBe('https://huggingface.co/')
  })

  test('lets flags win over the environment, that over config.json', () => {
    const configFile = JSON.stringify({ endpoint: 'https://config.example', offline: true, timeoutMs: 3000 })
    expect(resolve({}, { configFile })).toMatchObject({
      timeoutMs: 3000,
      offline: expect.stringContaining('config.json') as string,
    })
    expect(resolve({ HF_ENDPOINT: 'https://env.example/', HF_HUB_OFFLINE: '0' }, { configFile })).toMatchObject({
      offline: undefined,
      endpoint: new URL('https://env.example'),
    })
    expect(
      resolve(
        { HF_ENDPOINT: 'https://env.example' },
        { configFile, flags: { endpoint: 'https://flag.example', timeoutMs: 5 } },
      ),
    ).toMatchObject({ endpoint: new URL('https://flag.example'), timeoutMs: 5 })
  })

  test('lets the cache hold no links where HF_HUB_DISABLE_SYMLINKS is set', () => {
    expect(resolve({}).mayLink).toBe(true)
    expect(resolve({ HF_HUB_DISABLE_SYMLINKS: '1' }).mayLink).toBe(false)
    expect(resolve({ HF_HUB_DISABLE_SYMLINKS: '0' }).mayLink).toBe(true)
  })

  test('finds folders by the conventions of Hugging Face and of each platform', () => {
    expect(resolve({}).folders).toMatchObject({
      hubCache: '/home/ada/.cache/huggingface/hub',
      tokenPath: '/home/ada/.cache/huggingface/token',
      hubgateHome: '/home/ada/.local/share/hubgate',
    })
    expect(resolve({ HF_HOME: '~/hf', XDG_DATA_HOME: '/data' }).folders).toMatchObject({
      hubCache: '/home/ada/hf/hub',
      hubgateHome: '/data/hubgate',
    })
    expect(
      resolve({ BIG: '/disk', HF_HUB_CACHE: '${BIG}/hub', HF_TOKEN_PATH: '$BIG/tok/token' }).folders,
    ).toMatchObject({ hubCache: '/disk/hub', storedTokensPath: '/disk/tok/stored_tokens' })
    expect(resolve({}, { platform: 'darwin' }).folders.hubgateHome).toBe(
      '/home/ada/Library/Application Support/hubgate',
    )
    expect(
      resolve({ LOCALAPPDATA: 'C:\\Users\\ada\\AppData\\Local' }, { platform: 'win32', homeFolder: 'C:\\Users\\ada' })
        .folders.hubgateHome,
    ).toBe('C:\\Users\\ada\\AppData\\Local\\hubgate')
  })

  test('takes the token in the order of huggingface_hub, and says what it hides', () => {
    const stored = { tokenFile: 'hf_stored\n', storedTokensFile: '[laptop]\nhf_token = hf_stored\nexpires_at = 5\n' }
    expect(resolve({}, stored).token).toMatchObject({
      from: '/home/ada/.cache/huggingface/token',
      name: 'laptop',
      expiresAt: 5,
    })
    const hiding = resolve({ HF_TOKEN: ' hf_env ', HUGGING_FACE_HUB_TOKEN: 'hf_old' }, stored)
    expect(hiding.token?.secret.reveal()).toBe('hf_env')
    expect(hiding.notices.map(noticeText)).toEqual([
      'the token from HF_TOKEN hides another one, from HUGGING_FACE_HUB_TOKEN: unset HF_TOKEN to use that one',
      'the token from HF_TOKEN hides another one, stored in /home/ada/.cache/huggingface/token: unset HF_TOKEN to use that one',
    ])
    expect(hiding.tokenSources.map(({ from, state, name }) => [from, state, name])).toEqual([
      ['HF_TOKEN', 'chosen', undefined],
      ['HUGGING_FACE_HUB_TOKEN', 'hidden', undefined],
      ['/home/ada/.cache/huggingface/token', 'hidden', 'laptop'],
    ])
    expect(resolve({ HF_TOKEN: '' }, stored).token?.secret.reveal()).toBe('hf_stored')
    expect(resolve({ HF_TOKEN: 'hf_env', HF_HUB_DISABLE_IMPLICIT_TOKEN: 'yes' }).token).toBeUndefined()
  })

  test('tells where the token was found, also where it is not used or not sent', () => {
    expect(states({})).toEqual([])
    expect(states({ HF_TOKEN: 'hf_env', HF_ENDPOINT: 'https://mirror.example' }, 'hf_env')).toEqual(['chosen', 'same'])
    expect(states({ HF_TOKEN: 'hf_env', HF_HUB_DISABLE_IMPLICIT_TOKEN: '1' }, 'hf_b')).toEqual(['off', 'hidden'])
    expect(states({}, 'hf_\u001B[31m')).toEqual(['unusable'])
  })

  test.each([
    ['https://mirror.example/hf/', 'https://mirror.example/hf'],
    ['https://mirror.example//', 'https://mirror.example/'],
    ['  https://mirror.example/hf?x=1#y  ', 'https://mirror.example/hf'],
  ])('reads the endpoint %j as %s', (text, href) => {
    expect(resolve({ HF_ENDPOINT: text }).endpoint.href).toBe(href)
  })

  test('passes over what cannot be used where it is told to, and then asks nobody of an endpoint in doubt', () => {
    const doubt = 'the endpoint is not settled'
    expect(look({})).toEqual([[], undefined, true])
    expect(look({ HF_ENDPOINT: 'nowhere' })).toEqual([['ERR_ENDPOINT'], doubt, false])
    expect(look({}, '{"endpoint": ')).toEqual([['ERR_SETTING'], doubt, false])
    expect(look({ HF_ENDPOINT: 'http://localhost:1' }, '{')).toEqual([['ERR_SETTING'], undefined, true])
    expect(look({ HF_HUB_ETAG_TIMEOUT: 'soon' })).toEqual([['ERR_SETTING'], undefined, true])
  })

  test.each([
    ['https://huggingface.co', true],
    ['http://127.0.0.1:8000', true],
    ['http://localhost:1', true],
    ['https://mirror.example', false],
    ['http://huggingface.co', false],
    ['https://huggingface.co.evil.example', false],
    ['https://huggingface.co:444', false],
  ])('sends the token to %s: %s', (endpoint, isSent) => {
    const settings = resolve({ HF_TOKEN: 'hf_env', HF_ENDPOINT: endpoint })
    expect(settings.token !== undefined).toBe(isSent)
    if (!isSent) expect(settings.notices.map(noticeText).join()).toContain('not sent')
  })

  test('sends the token to an endpoint allowed by name, but not over plain http', () => {
    const configFile = JSON.stringify({ allowedEndpoints: ['https://mirror.example', 'http://plain.example'] })
    expect(resolve({ HF_TOKEN: 'hf_env', HF_ENDPOINT: 'https://mirror.example' }, { configFile }).token).toBeDefined()
    expect(resolve({ HF_TOKEN: 'hf_env', HF_ENDPOINT: 'http://plain.example' }, { configFile }).token).toBeUndefined()
  })

  test('shows a token in no text made of the settings', () => {
    const settings = resolve({ HF_TOKEN: 'hf_env' })
    expect(JSON.stringify(settings) + String(settings.token?.secret)).not.toContain('hf_env')
  })

  test('refuses an endpoint with a password without showing it', () => {
    expect(() => resolve({ HF_ENDPOINT: 'https://ada:sesame@mirror.example' })).toThrow(
      expect.objectContaining({
        code: 'ERR_ENDPOINT',
        message: expect.not.stringContaining('sesame') as string,
      }) as Error,
    )
  })

  test('warns of an unknown key and refuses a wrong type', () => {
    expect(resolve({}, { configFile: '{"ofline":true}' }).notices).toEqual([
      {
        text: '/home/ada/.local/share/hubgate/config.json has an unknown key "ofline"',
        remedy: 'correct its spelling or take it out',
      },
    ])
    expect(() => resolve({}, { configFile: '{"offline":"yes"}' })).toThrow(
      expect.objectContaining({ code: 'ERR_SETTING' }) as Error,
    )
  })

  test('settles or refuses clearly whatever the files and the environment hold, and prints neither control characters nor the token', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.json(), fc.string({ unit: 'binary' })),
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary' }),
        fc.record(
          { HF_ENDPOINT: fc.string(), HF_TOKEN: fc.string(), HF_HOME: fc.string(), HF_HUB_ETAG_TIMEOUT: fc.string() },
          { requiredKeys: [] },
        ),
        (configFile, tokenFile, storedTokensFile, environment) => {
          let said = ''
          try {
            said = resolveSettings({
              environment,
              configFile,
              tokenFile,
              storedTokensFile,
              homeFolder: '/home/ada',
            })
              .notices.map(noticeText)
              .join('')
          } catch (error) {
            expect(hasErrorCode(error, 'ERR_SETTING') || hasErrorCode(error, 'ERR_ENDPOINT')).toBe(true)
            said = (error as Error).message
          }
          // oxlint-disable-next-line no-control-regex -- none may be printed
          expect(said.replace(environment.HF_HOME ?? '', '')).not.toMatch(/[\u0000-\u001F\u007F-\u009F]/)
        },
      ),
      { numRuns: 1000 },
    )
  })
})
