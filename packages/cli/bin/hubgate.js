#!/usr/bin/env node
// The first thing that runs: answers `--version` before anything is loaded, finds a Node new enough, then loads the
// bundle, or the sources where none was built. Plain JavaScript, because an old Node must be able to read it.
import { existsSync, readFileSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'

const REQUIRED_NODE_MAJOR = 24
const here = path.dirname(fileURLToPath(import.meta.url))
const args = process.argv.slice(2)
const isNewEnough = Number(process.versions.node.split('.')[0]) >= REQUIRED_NODE_MAJOR

if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  const { version } = JSON.parse(readFileSync(path.join(here, '..', 'package.json'), 'utf8'))
  process.stdout.write(`${version}\n`)
} else if (!isNewEnough) {
  await runWithPinnedNode([fileURLToPath(import.meta.url)])
} else {
  const bundle = path.join(here, '..', 'dist', 'main.js')
  const source = path.join(here, '..', 'src', 'main.ts')
  module.enableCompileCache?.()
  if (existsSync(bundle)) await import(pathToFileURL(bundle).href)
  // The sources of one package find those of another by this condition.
  else await runNode(process.execPath, ['--conditions=@hubgate/source', source])
}

async function runWithPinnedNode(nodeArgs) {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  let folder
  try {
    folder = path.dirname(createRequire(import.meta.url).resolve(`node-${platform}-${process.arch}/package.json`))
  } catch {
    process.stderr.write(
      `Cannot start hubgate: it needs Node ${REQUIRED_NODE_MAJOR} or newer, and this is Node ${process.versions.node}\n` +
        `hint: install Node ${REQUIRED_NODE_MAJOR} from https://nodejs.org\n`,
    )
    process.exitCode = 1
    return
  }
  await runNode(path.join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node'), nodeArgs)
}

async function runNode(node, nodeArgs) {
  const { spawn } = await import('node:child_process')
  const child = spawn(node, [...nodeArgs, ...args], { stdio: 'inherit' })
  // A terminal sends Ctrl-C to both; the child decides what it means, and this one waits for its answer.
  for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('error', (error) => {
    process.stderr.write(`Cannot start hubgate: ${error.message}\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}
