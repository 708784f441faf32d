// `npm run check`: format, lint, types, import arrows. With `--fix` it mends what can be mended.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import process from 'node:process'
import { workspaceRoot } from './pinned-node.mjs'

const fix = process.argv.includes('--fix')
const modules = path.join(workspaceRoot, 'node_modules')

const steps: readonly (readonly [name: string, file: string, ...args: string[]])[] = [
  ['format', path.join(modules, '@biomejs', 'biome', 'bin', 'biome'), 'check', ...(fix ? ['--write'] : [])],
  ['lint', path.join(modules, 'oxlint', 'bin', 'oxlint'), '--type-aware', '--deny-warnings', ...(fix ? ['--fix'] : [])],
  ['types', path.join(modules, 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.json'],
  ['imports', path.join('scripts', 'check-imports.ts')],
]

const failed = steps.filter(([name, file, ...args]) => {
  const result = spawnSync(process.execPath, [file, ...args], { cwd: workspaceRoot, stdio: 'inherit' })
  process.stdout.write(`${result.status === 0 ? 'ok    ' : 'FAILED'} ${name}\n`)
  return result.status !== 0
})
process.exitCode = failed.length === 0 ? 0 : 1
