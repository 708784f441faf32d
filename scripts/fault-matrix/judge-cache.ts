import { createHash } from 'node:crypto'
import { readdir, readFile, readlink, realpath } from 'node:fs/promises'
import path from 'node:path'
import { type Content, sha256Of, storedContent } from 'hub-emulator'
import type { Files } from '../../packages/core/test/download/stage.ts'

/** What lies under each path of a model: SHA-256 by path. Reckoned from the Hub's side, not from what came. */
export type Truth = ReadonlyMap<string, string>

export async function truthOf(files: Files): Promise<Truth> {
  const known = new Map<string, string>()
  for (const [name, spec] of Object.entries(files)) known.set(name, await sha256Of(contentOf(spec)))
  return known
}

export function contentOf(spec: Files[string]): Content {
  const content = typeof spec === 'string' || spec instanceof Uint8Array ? spec : (spec.content ?? '')
  return typeof content === 'string' || content instanceof Uint8Array ? storedContent(content) : content
}

/**
 * Looks through a cache with eyes of its own: a wrong byte under a true name, a pointer or a ref to nothing; with
 * `isComplete`, also a file that is missing and anything left over.
 * @returns what is false, in words; empty where all is well
 */
export async function judgeCache(
  hubCache: string,
  truth: Truth,
  { isComplete }: { readonly isComplete: boolean },
): Promise<string[]> {
  const problems: string[] = []
  const repos = (await namesIn(hubCache)).filter((name) => name.startsWith('models--'))
  if (isComplete && repos.length === 0) problems.push('there is no repo in the cache')
  for (const repo of repos) {
    const folder = path.join(hubCache, repo)
    problems.push(
      ...(await judgeBlobs(folder, isComplete)),
      ...(await judgeSnapshots(folder, truth, isComplete)),
      ...(await judgeRefs(folder, isComplete)),
    )
  }
  return problems
}

/** The same for a folder of the user's. */
export async function judgeFolder(
  folder: string,
  truth: Truth,
  { isComplete }: { readonly isComplete: boolean },
): Promise<string[]> {
  const files = await filesBelow(folder)
  const problems: string[] = []
  for (const file of files) {
    const isOurs = file.startsWith('.cache/')
    if (isOurs && isComplete && file.endsWith('.incomplete')) problems.push(`left over: ${file}`)
    if (!isOurs && sha256(await readFile(path.join(folder, file))) !== truth.get(file))
      problems.push(`wrong bytes under ${file}`)
  }
  const missing = [...truth.keys()].filter((file) => !files.includes(file))
  if (isComplete && missing.length > 0) problems.push(`missing: ${missing.join(', ')}`)
  return problems
}

async function judgeBlobs(folder: string, isComplete: boolean): Promise<string[]> {
  const problems: string[] = []
  for (const name of await namesIn(path.join(folder, 'blobs'))) {
    if (name.endsWith('.incomplete')) {
      if (isComplete) problems.push(`left over: blobs/${name}`)
      continue
    }
    const bytes = await readFile(path.join(folder, 'blobs', name))
    const actual = name.length === 40 ? gitNameOf(bytes) : sha256(bytes)
    if (actual !== name) problems.push(`wrong bytes under blobs/${name}`)
  }
  return problems
}

async function judgeSnapshots(folder: string, truth: Truth, isComplete: boolean): Promise<string[]> {
  const problems: string[] = []
  const commits = await namesIn(path.join(folder, 'snapshots'))
  for (const commit of commits) {
    const snapshot = path.join(folder, 'snapshots', commit)
    const files = await filesBelow(snapshot)
    for (const file of files) {
      const place = path.join(snapshot, file)
      const target = await realpath(place).catch(() => undefined)
      if (target === undefined) problems.push(`${file} leads to nothing: ${await readlink(place)}`)
      else if (sha256(await readFile(target)) !== truth.get(file)) problems.push(`wrong bytes under ${file}`)
    }
    const missing = [...truth.keys()].filter((file) => !files.includes(file))
    if (isComplete && missing.length > 0) problems.push(`missing of ${commit}: ${missing.join(', ')}`)
  }
  if (isComplete && commits.length === 0) problems.push('there is no snapshot')
  return problems
}

async function judgeRefs(folder: string, isComplete: boolean): Promise<string[]> {
  const problems: string[] = []
  const refs = await filesBelow(path.join(folder, 'refs'))
  const commits = await namesIn(path.join(folder, 'snapshots'))
  for (const ref of refs) {
    const commit = await readFile(path.join(folder, 'refs', ref), 'utf8')
    if (!commits.includes(commit)) problems.push(`refs/${ref} leads to no snapshot: ${JSON.stringify(commit)}`)
  }
  if (isComplete && !refs.includes('main')) problems.push('refs/main is missing')
  return problems
}

/** Every path below, folders left out, with `/` between them. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function gitNameOf(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex')
}
