// `npm run bench [-- NAME ...]`: runs the benchmarks of `bench/`, one after another, so that none disturbs another.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { workspaceRoot } from './pinned-node.mjs'

const folder = path.join(workspaceRoot, 'bench')
const known = readdirSync(folder).filter((name) => existsSync(path.join(folder, name, 'run.ts')))
const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !known.includes(name))

if (unknown.length > 0) {
  process.stderr.write(`Cannot find the benchmark ${unknown.join(', ')}\nhint: there are ${known.join(', ')}\n`)
  process.exitCode = 2
} else {
  for (const name of asked.length > 0 ? asked : known) {
    process.stdout.write(`\n# ${name}\n`)
    const { status } = spawnSync(
      process.execPath,
      ['--conditions=@hubgate/source', path.join(folder, name, 'run.ts')],
      { cwd: workspaceRoot, stdio: 'inherit' },
    )
    if (status !== 0) process.exitCode = 1
  }
}
