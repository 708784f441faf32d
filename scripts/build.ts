// Builds what is published and what the workspace runs: each package's `dist/`, JavaScript bundled by entry, types beside it.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { build, type RolldownOptions } from 'rolldown'
import { workspaceRoot } from './pinned-node.mjs'

interface Manifest {
  readonly exports?: Readonly<Record<string, string | { readonly '@hubgate/source': string }>>
  readonly dependencies?: Readonly<Record<string, string>>
}

const sourceCondition = '@hubgate/source'

await buildPackage('core', (manifest) => libraryEntries(manifest))
await buildPackage('cli', () => ({ main: 'src/main.ts' }))

/** One bundle an entry, shared parts split off: a command then opens a few files, not one for each source. */
async function buildPackage(name: string, entriesOf: (manifest: Manifest) => Record<string, string>): Promise<void> {
  const folder = path.join(workspaceRoot, 'packages', name)
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest
  const fresh = path.join(folder, `dist.${process.pid}`)
  const options: RolldownOptions = {
    cwd: folder,
    input: entriesOf(manifest),
    platform: 'node',
    external: [
      /^node:/,
      ...Object.keys(manifest.dependencies ?? {}).map((dependency) => new RegExp(`^${dependency}(/|$)`)),
    ],
    resolve: { conditionNames: [sourceCondition, 'node', 'import', 'default'] },
    logLevel: 'warn',
  }
  try {
    await build({
      ...options,
      output: { dir: fresh, format: 'esm', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    })
    if (existsSync(path.join(folder, 'tsconfig.build.json'))) emitTypes(folder, fresh)
    swap(fresh, path.join(folder, 'dist'))
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

/** `./access` from `./src/access/index.ts` becomes the entry `access/index`. */
function libraryEntries(manifest: Manifest): Record<string, string> {
  const sources = Object.values(manifest.exports ?? {}).flatMap((entry) =>
    typeof entry === 'string' ? [] : [entry[sourceCondition]],
  )
  return Object.fromEntries(sources.map((source) => [source.replace(/^\.\/src\//, '').replace(/\.ts$/, ''), source]))
}

function emitTypes(folder: string, outDir: string): void {
  const tsc = path.join(workspaceRoot, 'node_modules', 'typescript', 'bin', 'tsc')
  const result = spawnSync(
    process.execPath,
    [tsc, '-p', path.join(folder, 'tsconfig.build.json'), '--outDir', outDir],
    {
      stdio: ['ignore', 2, 2],
    },
  )
  if (result.status !== 0) throw new Error(`Cannot build ${path.basename(folder)}: its types do not hold`)
}

/** The old build serves until the new one is whole. */
function swap(fresh: string, target: string): void {
  rmSync(target, { recursive: true, force: true })
  try {
    renameSync(fresh, target)
  } catch {
    // Windows refuses to rename a folder that a scanner holds open.
    cpSync(fresh, target, { recursive: true })
  }
}
