import { describe, expect, test } from 'vitest'
import { isExempt } from '../../src/settings/no-proxy.ts'
import { proxyFor, readProxySettings } from '../../src/settings/proxy.ts'

const hostFor = (url: string, environment: Record<string, string>): string | undefined =>
  proxyFor(new URL(url), readProxySettings(environment))?.host

describe('isExempt()', () => {
  test.each([
    ['hub.example', 'https://hub.example', true],
    ['hub.example', 'https://cdn.hub.example', true],
    ['hub.example', 'https://nothub.example', false],
    ['.hub.example', 'https://cdn.hub.example', true],
    ['.hub.example', 'https://hub.example', true],
    ['*.hub.example', 'https://cdn.hub.example', true],
    ['*.hub.example', 'https://hub.example', false],
    ['HUB.Example.', 'https://hub.example', true],
    ['other.example, hub.example', 'https://hub.example', true],
    ['other.example hub.example', 'https://hub.example', true],
    ['*', 'https://hub.example', true],
    ['none.example,*', 'https://hub.example', true],
    ['hub.example:443', 'https://hub.example', true],
    ['hub.example:443', 'https://hub.example:8443', false],
    ['hub.example:80', 'http://hub.example', true],
    ['*:8443', 'https://hub.example:8443', true],
    ['*:8443', 'https://hub.example', false],
    ['10.0.0.0/8', 'http://10.1.2.3', true],
    ['10.0.0.0/8', 'http://11.1.2.3', false],
    ['10.0.0.0/99', 'http://10.1.2.3', false],
    ['10.0.0.0/8', 'http://ten.example', false],
    ['10.1.2.3', 'http://10.1.2.3', true],
    ['fd00::/8', 'http://[fd00::1]', true],
    ['fd00::1', 'http://[fd00::1]', true],
    ['[fd00::1]:8080', 'http://[fd00::1]:8080', true],
    ['[fd00::1]:8080', 'http://[fd00::1]:8081', false],
    ['', 'https://hub.example', false],
    [',,. :', 'https://hub.example', false],
    ['example', 'https://hub.example', true],
  ])('reads %j for %s as %s', (noProxy, url, expected) => {
    expect(isExempt(new URL(url), noProxy)).toBe(expected)
  })
})

describe('proxyFor()', () => {
  test.each([
    ['https://hub.example', { HTTPS_PROXY: 'http://proxy.example:3128' }, 'proxy.example:3128'],
    ['https://hub.example', { HTTPS_PROXY: 'proxy.example:3128' }, 'proxy.example:3128'],
    ['https://hub.example', { HTTPS_PROXY: 'https://proxy.example' }, 'proxy.example:443'],
    ['https://hub.example', { HTTP_PROXY: 'http://proxy.example' }, undefined],
    ['http://hub.example', { HTTP_PROXY: 'http://proxy.example' }, 'proxy.example:80'],
    ['https://hub.example', { ALL_PROXY: 'http://all.example:1' }, 'all.example:1'],
    [
      'https://hub.example',
      { https_proxy: 'http://small.example:1', HTTPS_PROXY: 'http://big.example' },
      'small.example:1',
    ],
    ['https://hub.example', { HTTPS_PROXY: 'http://proxy.example', no_proxy: 'hub.example' }, undefined],
    ['https://hub.example', { HTTPS_PROXY: ' ' }, undefined],
  ])('leads %s with %j through %s', (url, environment, expected) => {
    expect(hostFor(url, environment as Record<string, string>)).toBe(expected)
  })

  test.each([
    'http://127.0.0.1:8000',
    'http://localhost',
    'http://hub.localhost',
    'http://[::1]:1',
    'https://127.9.9.9',
  ])('never sends what is for this machine (%s) over the network', (url) =>
    expect(hostFor(url, { ALL_PROXY: 'http://proxy.example' })).toBeUndefined(),
  )

  test.each([
    'socks5://ada:sesame@proxy.example',
    'http://',
    'http://ada:sesame@',
    'http://ada:sesame@bad host',
    'http://ada:sesame%zz@proxy.example',
  ])('refuses %s without showing it', (address) => {
    let said = ''
    try {
      hostFor('https://hub.example', { HTTPS_PROXY: address })
    } catch (error) {
      said = String(error) + JSON.stringify(error)
    }
    expect(said).toContain('HTTPS_PROXY')
    expect(said).not.toContain('sesame')
  })

  test('shows no password, whatever is made of it', () => {
    const settings = readProxySettings({ HTTPS_PROXY: 'http://ada:sesame@proxy.example:3128' })
    const proxy = proxyFor(new URL('https://hub.example'), settings)
    expect(proxy?.url.reveal()).toContain('ada:sesame')
    expect(JSON.stringify([settings, proxy])).not.toContain('sesame')
  })
})
