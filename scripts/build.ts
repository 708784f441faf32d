// Builds what is published and what the workspace runs: each package's `dist/`, JavaScript bundled by entry, types beside it.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { build, type RolldownOptions } from 'rolldown'
import { installBuild } from './install-build.ts'
import { workspaceRoot } from './pinned-node.mjs'

interface Manifest {
  readonly exports?: Readonly<Record<string, string | { readonly '@hubgate/source': string }>>
  readonly dependencies?: Readonly<Record<string, string>>
}

const sourceCondition = '@hubgate/source'

const packages: Readonly<Record<string, (manifest: Manifest) => Record<string, string>>> = {
  core: (manifest) => libraryEntries(manifest),
  cli: () => ({ main: 'src/main.ts' }),
}

const folders = Object.keys(packages).map((name) => path.join(workspaceRoot, 'packages', name))
const freshIn = (folder: string): string => path.join(folder, `dist.${process.pid}`)
try {
  for (const folder of folders) await buildPackage(folder, freshIn(folder))
  // One right after the other: the command counts on the library that it was built with.
  for (const folder of folders) installBuild(freshIn(folder), path.join(folder, 'dist'))
} finally {
  for (const folder of folders) rmSync(freshIn(folder), { recursive: true, force: true })
}

/** One bundle an entry, shared parts split off: a command then opens a few files, not one for each source. */
async function buildPackage(folder: string, fresh: string): Promise<void> {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest
  const options: RolldownOptions = {
    cwd: folder,
    input: packages[path.basename(folder)]?.(manifest) ?? {},
    platform: 'node',
    external: [
      /^node:/,
      ...Object.keys(manifest.dependencies ?? {}).map((dependency) => new RegExp(`^${dependency}(/|$)`)),
    ],
    resolve: { conditionNames: [sourceCondition, 'node', 'import', 'default'] },
    logLevel: 'warn',
  }
  await build({
    ...options,
    output: { dir: fresh, format: 'esm', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
  })
  if (existsSync(path.join(folder, 'tsconfig.build.json'))) emitTypes(folder, fresh)
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
