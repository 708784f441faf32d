// Holds docs/architecture.md true: who may import whom, no circles, nobody imports the barrel of their own package, nor a package
// that their own manifest does not name.
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { workspaceRoot } from './pinned-node.mjs'

/** Rooms of core, and the rooms each may import. All may import `errors` and `util`. */
const coreArrows: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  util: [],
  settings: [],
  store: [],
  formats: ['memory'],
  memory: [],
  hardware: [],
  licence: [],
  hashing: [],
  hub: ['settings'],
  access: ['settings', 'hub', 'store'],
  catalog: ['hub', 'access', 'licence', 'memory', 'store'],
  cache: ['settings'],
  download: ['settings', 'hub', 'access', 'cache', 'formats', 'hashing', 'store'],
  // Binds the rooms to one set of settings; only the barrel stands above it.
  hubgate: ['settings', 'store', 'hub', 'access', 'catalog', 'download'],
  fit: ['catalog', 'formats', 'hardware', 'hub', 'memory'],
}
const packageArrows: Readonly<Record<string, readonly string[]>> = {
  core: [],
  cli: ['@hubgate/core'],
  server: ['@hubgate/core'],
  web: [],
  'hub-emulator': [],
}

const problems: string[] = []
const dependencies = new Map<string, readonly string[]>()
const graph = new Map<string, string[]>()

for (const file of globSync('packages/*/src/**/*.ts', { cwd: workspaceRoot }).map((name) =>
  name.replaceAll('\\', '/'),
)) {
  const imports = importsOf(readFileSync(path.join(workspaceRoot, file), 'utf8'))
  graph.set(file, [])
  for (const specifier of imports) {
    if (specifier.startsWith('.')) checkRelative(file, specifier)
    else checkPackage(file, specifier)
  }
}
for (const circle of findCircles()) problems.push(`a circle: ${circle.join(' -> ')}`)
for (const problem of problems) process.stderr.write(`${problem}\n`)
process.exitCode = problems.length === 0 ? 0 : 1

/** `import … from 'x'`, `export … from 'x'`, `import 'x'` and `import('x')`. */
function importsOf(source: string): string[] {
  const pattern =
    /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g
  return [...source.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
}

function checkRelative(file: string, specifier: string): void {
  const target = path.posix.join(path.posix.dirname(file), specifier)
  graph.get(file)?.push(target)
  const [, owner = '', ...rest] = file.split('/')
  if (target.split('/')[1] !== owner)
    return void problems.push(`${file} reaches into another package by path: ${specifier}`)
  // A room's index.ts is for those outside core; the barrel gathers rooms and so reads theirs.
  if (target.endsWith('/index.ts') && file !== `packages/${owner}/src/index.ts`)
    problems.push(`${file} imports a barrel: ${specifier}`)
  if (owner !== 'core' || rest[1] === 'index.ts') return
  const [from, to] = [roomOf(file), roomOf(target)]
  const allowed = from === to || to === 'errors' || to === 'util' || coreArrows[from]?.includes(to)
  if (!allowed) problems.push(`${file}: ${from} may not import ${to}`)
}

function checkPackage(file: string, specifier: string): void {
  const owner = file.split('/')[1] ?? ''
  const [, name = ''] = /^((?:@[^/]+\/)?[^/]+)/.exec(specifier) ?? []
  // What merely lies in node_modules for somebody else's sake is of any version, or not there once published.
  if (!specifier.startsWith('node:') && !dependenciesOf(owner).includes(name))
    problems.push(`${file} imports ${name}, which packages/${owner}/package.json does not name`)
  // Arithmetic that also runs in a browser: no package, nothing of Node.
  if (owner === 'core' && roomOf(file) === 'memory')
    problems.push(`${file}: memory may import no package: ${specifier}`)
  if (specifier === '@hubgate/server' && owner === 'cli') {
    // Only `hubgate serve` loads the server, and only when it runs.
    if (!file.endsWith('/commands/serve.ts')) problems.push(`${file} may not import ${specifier}`)
  } else if (/^(@hubgate\/|hubgate|hub-emulator)/.test(specifier)) {
    const allowed = packageArrows[owner]?.some((name) => specifier === name || specifier.startsWith(`${name}/`))
    if (!allowed) problems.push(`${file}: ${owner} may not import ${specifier}`)
  }
}

function dependenciesOf(owner: string): readonly string[] {
  const known = dependencies.get(owner)
  if (known !== undefined) return known
  const text = readFileSync(path.join(workspaceRoot, 'packages', owner, 'package.json'), 'utf8')
  const manifest = JSON.parse(text) as { name: string; dependencies?: object }
  const names = [manifest.name, ...Object.keys(manifest.dependencies ?? {})]
  dependencies.set(owner, names)
  return names
}

function roomOf(file: string): string {
  return (file.split('/')[3] ?? '').replace(/\.ts$/, '')
}

function findCircles(): string[][] {
  const done = new Set<string>()
  const circles: string[][] = []
  const visit = (file: string, trail: readonly string[]): void => {
    const start = trail.indexOf(file)
    if (start >= 0) return void circles.push([...trail.slice(start), file])
    if (done.has(file)) return
    for (const next of graph.get(file) ?? []) visit(next, [...trail, file])
    done.add(file)
  }
  for (const file of graph.keys()) visit(file, [])
  return circles
}
