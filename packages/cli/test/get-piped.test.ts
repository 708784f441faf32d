import { spawn } from 'node:child_process'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { type HubEmulator, startHubEmulator } from 'hub-emulator'
import { describe, expect, test } from 'vitest'
import { temporaryHome } from './run-hubgate.ts'

const MIB = 1024 * 1024
const models = [{ id: 'acme/tiny', files: { 'config.json': '{}', 'model.safetensors': { size: 12 * MIB } } }]
const bin = fileURLToPath(new URL('../bin/hubgate.js', import.meta.url))

interface Piped {
  /** Of hubgate, not of who reads it. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs `hubgate … | reader` in a shell. */
function pipe(hub: HubEmulator, home: string, words: readonly string[], reader: string): Promise<Piped> {
  const child = spawn('sh', ['-c', `{ "$@"; echo $? >&3; } | ${reader}`, 'sh', process.execPath, bin, ...words], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      HF_ENDPOINT: hub.endpoint,
      HF_HOME: path.join(home, 'hf'),
      HUBGATE_HOME: path.join(home, 'hubgate'),
    },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const texts = ['', '', '', '']
  for (const [index, stream] of child.stdio.entries()) stream?.on('data', (part) => void (texts[index] += String(part)))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => resolve({ code: Number(texts[3]), stdout: texts[1] ?? '', stderr: texts[2] ?? '' }))
  })
}

function startHub(): Promise<HubEmulator> {
  return startHubEmulator({ wellKnown: false, syntheticModels: 0, models })
}

const typesOf = ({ stdout }: Piped): string[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { type: string }).type)

describe.runIf(process.platform !== 'win32')('hubgate in a pipe', () => {
  test('get --json ends with 141, long before it could be done and without a word, and the next run goes on', async () => {
    await using hub = await startHub()
    const home = temporaryHome()
    hub.admin.setFaults({ rules: [{ when: { host: 'cdn' }, fault: { kind: 'throttle', bytesPerSecond: 400_000 } }] })
    const words = ['get', 'acme/tiny', '--json']
    const once = await pipe(hub, home, words, 'head -n 1')
    expect({ ...once, stdout: typesOf(once) }).toEqual({ code: 141, stdout: ['planned'], stderr: '' })
    const later = await pipe(hub, home, words, 'head -n 5')
    expect(later).toMatchObject({ code: 141, stderr: '' })
    hub.admin.setFaults({ rules: [] })
    const whole = await pipe(hub, home, words, 'tail -n 1')
    expect(whole).toMatchObject({ code: 0, stderr: '' })
    const { fetchedBytes } = JSON.parse(whole.stdout) as { fetchedBytes: number }
    expect(fetchedBytes).toBeLessThan(12 * MIB)
  })

  test('get ends with 141 where nobody takes its last line, and with 0 where somebody does', async () => {
    await using hub = await startHub()
    const home = temporaryHome()
    const words = ['get', 'acme/tiny']
    expect(await pipe(hub, home, words, 'true')).toMatchObject({ code: 141, stdout: '' })
    expect(await pipe(hub, home, words, 'head -n 1')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('snapshots') as string,
      stderr: 'acme/tiny: 2 files, all here already\n',
    })
  })

  test('search and cache ls, which only show, end with 0', async () => {
    await using hub = await startHub()
    const home = temporaryHome()
    const words = ['search', '--source', 'offline', '--limit', '300', '--json']
    expect(await pipe(hub, home, words, 'head -n 1')).toMatchObject({ code: 0, stderr: '' })
    expect(await pipe(hub, home, ['cache', 'ls', '--json'], 'true')).toMatchObject({ code: 0, stderr: '' })
  })

  test('gives all of it to a reader that takes its time', async () => {
    await using hub = await startHub()
    // Three times what a pipe holds.
    const words = ['search', '--source', 'offline', '--json', '--limit', '1000']
    const { code, stdout } = await pipe(hub, temporaryHome(), words, '(sleep 1; cat)')
    expect(code).toBe(0)
    expect(stdout.length).toBeGreaterThan(3 * 64 * 1024)
    expect(() => JSON.parse(stdout) as unknown).not.toThrow()
  })
})
