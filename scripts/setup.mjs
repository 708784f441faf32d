// Makes a clone ready to run: dependencies, the pinned Node, builds. Plain JavaScript for Node 20, writes only to
// stderr, and returns at once when nothing changed since the last time.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { findNode, REQUIRED_NODE_MAJOR, workspaceRoot } from './pinned-node.mjs'

const stampPath = path.join(workspaceRoot, 'node_modules', '.hubgate-setup.json')

export function setUp() {
  const stamp = readStamp()
  const dependencies = fingerprintDependencies()
  if (stamp.dependencies !== dependencies) {
    say('installing dependencies (npm ci)')
    runNpm([
      'ci',
      '--include=dev',
      '--include=optional',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ])
    writeStamp({ dependencies })
  }
  if (findNode() === undefined) {
    throw new Error(
      `Cannot set up: no pinned Node exists for ${process.platform} ${process.arch}, and the running one is ${process.versions.node}\n` +
        `hint: install Node ${REQUIRED_NODE_MAJOR} or newer, then try again`,
    )
  }
  const sources = fingerprintSources()
  if (readStamp().sources !== sources) {
    say('building')
    run(findNode(), [path.join('scripts', 'build.ts')])
    writeStamp({ dependencies, sources })
  }
}

function fingerprintDependencies() {
  const hash = createHash('sha256').update(process.platform).update(process.arch)
  for (const name of ['package-lock.json', '.npmrc']) hash.update(readFileSync(path.join(workspaceRoot, name)))
  return hash.digest('hex')
}

/** Names, sizes and times of what a build reads. A changed file that keeps all three is not noticed: `npm run build` then helps. */
function fingerprintSources() {
  const hash = createHash('sha256')
  const packages = path.join(workspaceRoot, 'packages')
  for (const name of readdirSync(packages).toSorted()) {
    for (const part of ['src', 'package.json']) fold(hash, path.join(packages, name, part))
    // A build someone deleted must be made again.
    hash.update(String(existsSync(path.join(packages, name, 'dist')) || !existsSync(path.join(packages, name, 'src'))))
  }
  fold(hash, path.join(workspaceRoot, 'scripts', 'build.ts'))
  return hash.digest('hex')
}

function fold(hash, file) {
  const stats = statSync(file, { throwIfNoEntry: false })
  if (stats === undefined) return
  if (stats.isDirectory()) {
    for (const name of readdirSync(file).toSorted()) fold(hash, path.join(file, name))
    return
  }
  hash.update(`${path.relative(workspaceRoot, file)}\0${stats.size}\0${stats.mtimeMs}\0`)
}

function runNpm(args) {
  const npm = process.env.npm_execpath
  if (npm?.endsWith('.js')) run(process.execPath, [npm, ...args])
  else run('npm', args, { shell: process.platform === 'win32' })
}

function run(command, args, options = {}) {
  // Standard output belongs to the command the person asked for, so everything said here goes to stderr.
  const result = spawnSync(command, args, { cwd: workspaceRoot, stdio: ['ignore', 2, 2], ...options })
  if (result.error) throw result.error
  if (result.status !== 0)
    throw new Error(
      `Cannot set up: "${path.basename(command)} ${args.join(' ')}" ended with ${result.status ?? result.signal}`,
    )
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampPath, 'utf8'))
  } catch {
    return {}
  }
}

function writeStamp(stamp) {
  // After a build the sources are looked at again: the build itself made `dist`.
  const sources = stamp.sources === undefined ? undefined : fingerprintSources()
  writeFileSync(stampPath, `${JSON.stringify({ ...stamp, sources })}\n`)
}

function say(text) {
  process.stderr.write(`setup: ${text}\n`)
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    setUp()
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}
