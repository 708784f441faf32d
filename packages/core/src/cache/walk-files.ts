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

/** Does `work` for each, some at once, answers in order: disks answer several questions as fast as one. */
export async function mapSome<In, Out>(items: readonly In[], work: (item: In) => Promise<Out>): Promise<Out[]> {
  const answers: Out[] = []
  for (let at = 0; at < items.length; at += 64) answers.push(...(await Promise.all(items.slice(at, at + 64).map(work))))
  return answers
}
