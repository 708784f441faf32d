import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { orAbsent } from './system-code.ts'

export interface WalkedFile {
  readonly path: string
  readonly isLink: boolean
}

/** Everything below a folder that is no folder, in the order of its names; links are not followed. */
export async function walkFiles(folder: string, signal?: AbortSignal): Promise<WalkedFile[]> {
  const files: WalkedFile[] = []
  const waiting = [folder]
  // The list grows while it is gone through.
  for (const next of waiting) {
    signal?.throwIfAborted()
    const entries = (await orAbsent(readdir(next, { withFileTypes: true }))) ?? []
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const place = path.join(next, entry.name)
      if (entry.isDirectory()) waiting.push(place)
      else files.push({ path: place, isLink: entry.isSymbolicLink() })
    }
  }
  return files
}
