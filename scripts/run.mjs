// `node scripts/run.mjs FILE [ARG ...]`: sets the clone up, then runs FILE with the Node that Hubgate is made for.
import { spawn } from 'node:child_process'
import process from 'node:process'
import { findNode } from './pinned-node.mjs'
import { setUp } from './setup.mjs'

try {
  setUp()
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}

const child = spawn(findNode(), process.argv.slice(2), { stdio: 'inherit' })
// A terminal sends Ctrl-C to both; the child decides what it means, and this one waits for its answer.
for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})
child.on('exit', (code, signal) => {
  process.removeAllListeners(signal ?? 'SIGINT')
  if (signal !== null) process.kill(process.pid, signal)
  else process.exit(code)
})
