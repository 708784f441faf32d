import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hasErrorCode } from '../../src/errors.ts'
import { resolveSettings, type SettingsInputs } from '../../src/settings/settings.ts'

const resolve = (environment: Record<string, string>, more: SettingsInputs = {}): ReturnType<typeof resolveSettings> =>
  resolveSettings({ environment, homeFolder: '/home/ada', ...more })

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
    expect(hiding.notices).toEqual([expect.stringContaining('HF_TOKEN hides another one')])
    expect(resolve({ HF_TOKEN: '' }, stored).token?.secret.reveal()).toBe('hf_stored')
    expect(resolve({ HF_TOKEN: 'hf_env', HF_HUB_DISABLE_IMPLICIT_TOKEN: 'yes' }).token).toBeUndefined()
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
    if (!isSent) expect(settings.notices.join()).toContain('not sent')
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
      expect.stringContaining('unknown key "ofline"'),
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
            }).notices.join('')
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
