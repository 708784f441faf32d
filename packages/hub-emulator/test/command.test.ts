import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { ask, objectOf, postJson } from './ask.ts'

const bin = fileURLToPath(new URL('../bin/hub-emulator.js', import.meta.url))

type Child = ChildProcessByStdio<null, Readable, Readable>

function start(...args: string[]): Child & AsyncDisposable {
  const child = spawn(process.execPath, [bin, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  return Object.assign(child, {
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  })
}

/** Standard output up to a sign that it runs. */
async function untilSaid(child: Child, sign: string): Promise<string> {
  let said = ''
  for await (const part of child.stdout) {
    said += String(part)
    if (said.includes(sign)) return said
  }
  throw new Error(`The command ended without "${sign}": ${said}${await text(child.stderr)}`)
}

describe('hub-emulator', () => {
  test('says where it runs and with which tokens, answers there, and ends when told to', async () => {
    await using child = start('--port', '0', '--synthetic', '50')
    const said = await untilSaid(child, 'Ctrl-C')
    const [hub = '', cdn = '', admin = ''] = [...said.matchAll(/http:\/\/127\.0\.0\.1:\d+/g)].map(([url]) => url)
    expect(new Set([hub, cdn, admin]).size).toBe(3)
    expect(said).toContain('hf_test_ada_read')
    expect((await ask(`${hub}/api/models/acme/terms/auth-check`)).headers['x-error-code']).toBe('GatedRepo')
    expect((await ask(`${hub}/api/models/acme/old-name`)).status).toBe(307)
    expect((await postJson(`${admin}/__admin/approve`, { model: 'acme/approval', user: 'ada' })).status).toBe(200)
    expect((await ask(`${hub}/api/models/acme/approval/auth-check`, { token: 'hf_test_ada_read' })).body).toBe('OK')
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  test('--json says it in one line, --models lays more models', async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'hub-emulator-')), 'models.json')
    writeFileSync(file, JSON.stringify([{ id: 'me/mine', gated: 'auto', files: { 'a.txt': 'a' } }]))
    await using child = start('--port', '0', '--no-well-known', '--json', '--models', file)
    const said = await untilSaid(child, '\n')
    const { endpoint } = JSON.parse(said) as Record<string, string>
    expect(objectOf(await ask(`${endpoint}/api/models/me/mine`))['gated']).toBe('auto')
    expect((await ask(`${endpoint}/api/models/Qwen/Qwen3-8B`)).status).toBe(401)
  })

  test.each([
    [['--port', 'x'], 'It must be a whole number.'],
    [['--profile', 'none', '--synthetic', '4000000', '--port', '0'], 'Cannot use syntheticModels 4000000'],
    [['--models', '/none/none.json', '--port', '0'], 'ENOENT'],
    [['--nonsense'], "unknown option '--nonsense'"],
  ])('%j: says what is wrong and ends with 1', async (args, message) => {
    await using child = start(...args)
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
    expect([said, code]).toEqual([expect.stringContaining(message), 1])
  })

  test('--help shows every option', async () => {
    await using child = start('--help')
    expect(await text(child.stdout)).toContain('--weight-scale <factor>')
  })
})
