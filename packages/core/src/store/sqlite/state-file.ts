import { chmodSync, closeSync, existsSync, fstatSync, openSync, renameSync, statSync } from 'node:fs'
import path from 'node:path'
import { makeFolderSync } from '../../util/make-folder.ts'

export const STATE_FILE = 'state.db'

export interface StateFile {
  readonly path: string
  /** Tells this file from one that another process put in its place. */
  readonly inode: bigint
}

/** Makes the folder (0700) and an empty file (0600) where there are none; SQLite gives the files beside it the same mode. */
export function prepareFile(folder: string): StateFile {
  makeFolderSync(folder, 0o700)
  const file = path.join(folder, STATE_FILE)
  const descriptor = openSync(file, 'a', 0o600)
  try {
    const { ino, mode } = fstatSync(descriptor, { bigint: true })
    if ((mode & 0o077n) !== 0n) chmodSync(file, 0o600)
    return { path: file, inode: ino }
  } finally {
    closeSync(descriptor)
  }
}

/** Gives a damaged database another name, so that a new one can begin and nothing is lost. Gives what to tell people. */
export function moveAside({ path: file, inode }: StateFile, now: Date): string[] {
  // Where another process was faster, the file of that name is already a new one.
  if (statSync(file, { bigint: true, throwIfNoEntry: false })?.ino !== inode) return []
  const kept = `${file}.damaged-${now.toISOString().replaceAll(/[-:]|\.\d+/g, '')}`
  // Before the file itself: what waits to be written belongs to the damaged one, and must not meet the new one.
  for (const part of ['-wal', '-shm']) if (existsSync(`${file}${part}`)) renameSync(`${file}${part}`, `${kept}${part}`)
  renameSync(file, kept)
  return [`${file} was damaged: it is kept as ${path.basename(kept)}, and a new one was begun`]
}
