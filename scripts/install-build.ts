import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'

/** What their names are made from is their content: they are in nobody's way, and who started before still asks for them. */
const CHUNKS = 'chunks'
const KEEP_CHUNKS_MS = 24 * 3600 * 1000

/**
 * Puts a fresh build in the place of the one before: file by file and each in one step, what is imported before what imports it.
 * Who starts meanwhile, or loads a part later, finds the one or the other whole; two at once end with the files of the last.
 */
export function installBuild(fresh: string, target: string): void {
  const files = filesBelow(fresh)
  for (const file of files.toSorted((one, other) => Number(isChunk(other)) - Number(isChunk(one)))) {
    mkdirSync(path.dirname(path.join(target, file)), { recursive: true })
    put(path.join(fresh, file), path.join(target, file))
  }
  removeOthers(target, new Set(files))
}

/** Windows refuses to replace a file that somebody holds open. */
function put(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch {
    copyFileSync(from, to)
  }
}

/** Of earlier builds; another build may be at the same. */
function removeOthers(target: string, files: ReadonlySet<string>): void {
  for (const file of filesBelow(target)) {
    const place = path.join(target, file)
    const age = Date.now() - (statSync(place, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (!files.has(file) && (!isChunk(file) || age > KEEP_CHUNKS_MS)) rmSync(place, { force: true })
  }
}

function isChunk(file: string): boolean {
  return file.split(path.sep)[0] === CHUNKS
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
}
