#!/usr/bin/env node
// Finds a Node new enough to run TypeScript as it is, then starts the command. Plain JavaScript, because an old Node
// must be able to read it.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const REQUIRED_NODE_MAJOR = 24

if (Number(process.versions.node.split('.')[0]) >= REQUIRED_NODE_MAJOR) await import('../src/main.ts')
else runWithPinnedNode()

function runWithPinnedNode() {
  const node = findPinnedNode()
  if (node === undefined) {
    process.stderr.write(
      `Cannot start hub-emulator: it needs Node ${REQUIRED_NODE_MAJOR} or newer, and this is Node ${process.versions.node}\n` +
        `hint: install Node ${REQUIRED_NODE_MAJOR} from https://nodejs.org\n`,
    )
    process.exitCode = 1
    return
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  // A terminal sends Ctrl-C to both; the child closes its servers, and this one waits for it.
  for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('error', (error) => {
    process.stderr.write(`Cannot start hub-emulator: ${error.message}\n`)
    process.exit(1)
  })
  child.on('exit', (code) => process.exit(code ?? 1))
}

function findPinnedNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  try {
    const manifest = createRequire(import.meta.url).resolve(`node-${platform}-${process.arch}/package.json`)
    return path.join(path.dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  } catch {
    return undefined
  }
}
