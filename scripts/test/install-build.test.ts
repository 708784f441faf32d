import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { installBuild } from '../install-build.ts'

/** As a build is: entries that import parts of theirs, one of them only when it is needed. */
function makeBuild(folder: string, hash: string, extra: readonly string[] = []): string {
  const fresh = path.join(folder, `fresh-${hash}-${process.hrtime.bigint()}`)
  mkdirSync(path.join(fresh, 'chunks'), { recursive: true })
  const main = `import { one } from './chunks/one-${hash}.js'
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 50))
    const { two } = await import('./chunks/two-${hash}.js')
    process.stdout.write(one + two)`
  writeFileSync(path.join(fresh, 'main.js'), main)
  for (const name of extra) writeFileSync(path.join(fresh, name), '')
  for (const name of ['one', 'two'])
    writeFileSync(path.join(fresh, 'chunks', `${name}-${hash}.js`), `export const ${name} = '${hash}'`)
  return fresh
}

function newPlace(): { readonly folder: string; readonly target: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'hubgate-build-'))
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}')
  return { folder, target: path.join(folder, 'dist') }
}

async function run(file: string): Promise<string> {
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (output += part.toString()))
  await new Promise((resolve) => child.once('close', resolve))
  return output
}

test('who starts while one build after another is put in its place finds one of them whole, to its last part', async () => {
  const { folder, target } = newPlace()
  installBuild(makeBuild(folder, 'aaa'), target)
  const starts = Array.from({ length: 30 }, async (_, index) => {
    await delay(index * 30)
    return run(path.join(target, 'main.js'))
  })
  const state = { isOver: false }
  const outputs = Promise.all(starts).finally(() => (state.isOver = true))
  for (let count = 0; !state.isOver; count += 1) {
    const fresh = makeBuild(folder, count % 2 === 0 ? 'bbb' : 'aaa')
    installBuild(fresh, target)
    rmSync(fresh, { recursive: true, force: true })
    await delay(1)
  }
  for (const output of await outputs) expect(['aaaaaa', 'bbbbbb']).toContain(output)
})

test('what only an earlier build had goes: at once, and parts when nobody can be at them any more', () => {
  const { folder, target } = newPlace()
  installBuild(makeBuild(folder, 'old', ['gone.d.ts']), target)
  installBuild(makeBuild(folder, 'new'), target)
  expect(readdirSync(target).toSorted()).toEqual(['chunks', 'main.js'])
  expect(readdirSync(path.join(target, 'chunks'))).toHaveLength(4)
  const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000)
  for (const name of ['one', 'two']) utimesSync(path.join(target, 'chunks', `${name}-old.js`), twoDaysAgo, twoDaysAgo)
  installBuild(makeBuild(folder, 'new'), target)
  expect(readdirSync(path.join(target, 'chunks')).toSorted()).toEqual(['one-new.js', 'two-new.js'])
})
