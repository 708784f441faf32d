import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { expect, test } from 'vitest'
import { workspaceRoot } from '../pinned-node.mjs'

const npm = process.env['npm_execpath']
/** The emulator is for tests and stays in the workspace. */
const published = ['--workspace', 'hubgate', '--workspace', '@hubgate/core']

// The tarballs need the registry for commander and its like; a machine without one cannot judge them.
test.skipIf(npm === undefined)(
  'npm pack gives tarballs that install into an empty folder and run the main job there (skipped only where npm did not start the tests)',
  () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'hubgate-pack-'))
    const packed = JSON.parse(
      run(['pack', ...published, '--json', '--ignore-scripts', '--pack-destination', folder], workspaceRoot),
    ) as
      | { filename: string; files: { path: string }[] }[]
      | Record<string, { filename: string; files: { path: string }[] }>
    const tarballs = Object.values(packed)
    for (const { files } of tarballs) {
      expect(files.map((file) => file.path).filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))).toEqual(
        [],
      )
    }
    const place = mkdtempSync(path.join(tmpdir(), 'hubgate-install-'))
    writeFileSync(path.join(place, 'package.json'), '{"private":true,"type":"module"}')
    run(
      [
        'install',
        '--no-audit',
        '--no-fund',
        '--ignore-scripts',
        ...tarballs.map(({ filename }) => path.join(folder, path.basename(filename))),
      ],
      place,
    )
    const env = { ...process.env, HOME: place, HF_TOKEN: '' }
    const searched = spawnSync(
      process.execPath,
      [
        path.join(place, 'node_modules', 'hubgate', 'bin', 'hubgate.js'),
        'search',
        'llama',
        '--source',
        'offline',
        '--style',
        'brackets',
      ],
      { encoding: 'utf8', env, cwd: place },
    )
    expect(searched.stderr).toBe('')
    expect(searched.stdout).toContain('meta-llama/Llama-3.1-8B-Instruct (16GB, 8B) [Approval]\n')
    writeFileSync(
      path.join(place, 'use.js'),
      "import { formatModelSuggestion, getModelInfo } from '@hubgate/core'\nconsole.log(formatModelSuggestion(getModelInfo('gpt2') ?? 'gpt2', { style: 'icons' }))\n",
    )
    const used = spawnSync(process.execPath, ['use.js'], { encoding: 'utf8', env, cwd: place })
    expect(used.stderr).toBe('')
    expect(used.stdout).toContain('gpt2')
    // The store's thread is a file of its own, which a bundle could lose.
    writeFileSync(
      path.join(place, 'remember.js'),
      "import { openStore } from '@hubgate/core/store'\nconst store = await openStore({ folder: 'state' })\nconsole.log((await store.access.findMany({ endpoint: '', account: '' }, ['a/b'])).size, store.notices)\n",
    )
    const remembered = spawnSync(process.execPath, ['remember.js'], { encoding: 'utf8', env, cwd: place })
    expect(remembered).toMatchObject({ stderr: '', stdout: '0 []\n' })
    // What the README shows is TypeScript for somebody else's project, with every type looked at.
    const [, example] = /```ts\n([\s\S]*?)```/.exec(readFileSync(path.join(workspaceRoot, 'README.md'), 'utf8')) ?? []
    writeFileSync(path.join(place, 'example.ts'), example ?? expect.fail('the README shows no TypeScript'))
    const tsc = path.join(workspaceRoot, 'node_modules', 'typescript', 'bin', 'tsc')
    const nodeTypes = path.join(workspaceRoot, 'node_modules', '@types')
    const words = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'esnext', '--skipLibCheck', 'false']
    const checked = spawnSync(
      process.execPath,
      [tsc, ...words, '--typeRoots', nodeTypes, '--types', 'node', 'example.ts'],
      { encoding: 'utf8', cwd: place },
    )
    expect(checked).toMatchObject({ stdout: '', status: 0 })
  },
)

test.each(['core', 'cli'])('the prepack script of packages/%s finds what it runs', (name) => {
  const manifest = readFileSync(path.join(workspaceRoot, 'packages', name, 'package.json'), 'utf8')
  const { prepack } = (JSON.parse(manifest) as { readonly scripts: { readonly prepack: string } }).scripts
  const [, folder = '', ...files] = /^cd (\S+) && node (\S+) (\S+)$/.exec(prepack) ?? []
  expect(files).toHaveLength(2)
  for (const file of files) expect(existsSync(path.join(workspaceRoot, 'packages', name, folder, file))).toBe(true)
})

test('the lockfile carries no download addresses, and a hash for every package', () => {
  const { packages } = JSON.parse(readFileSync(path.join(workspaceRoot, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { resolved?: string; integrity?: string; link?: boolean }>
  }
  const installed = Object.entries(packages).filter(
    ([name, entry]) => name.includes('node_modules/') && entry.link !== true,
  )
  expect(installed.filter(([, { resolved }]) => resolved?.startsWith('http'))).toEqual([])
  expect(installed.filter(([, { integrity }]) => integrity === undefined)).toEqual([])
})

function run(args: readonly string[], cwd: string): string {
  const isScript = npm?.endsWith('js') ?? false
  const result = spawnSync(isScript ? process.execPath : 'npm', [...(isScript ? [npm ?? ''] : []), ...args], {
    cwd,
    encoding: 'utf8',
    shell: !isScript && process.platform === 'win32',
  })
  if (result.status !== 0) throw new Error(`npm ${args[0]} ended with ${result.status}: ${result.stderr}`)
  return result.stdout
}
