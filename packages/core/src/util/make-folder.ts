import { mkdirSync, statSync } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import path from 'node:path'

/**
 * Makes a folder and those above it, where they are missing.
 *
 * Not `mkdir` with `recursive`: where an existing parent answers ENOENT, as `/proc` does, Node 24 tries for ever.
 * @param make makes one folder, whose parent is there
 * @throws what the file system says: `ENOENT`, `EACCES`, `EROFS`, `ENOTDIR`, `EEXIST` where a file has the name
 */
export async function makeFolder(
  folder: string,
  make: (folder: string) => Promise<void> = (one) => mkdir(one),
): Promise<void> {
  for (const missing of await missingFolders(path.resolve(folder)))
    await make(missing).catch((error: unknown) => unlessFolder(error, statSync(missing, { throwIfNoEntry: false })))
}

/**
 * `makeFolder`, for those who cannot wait.
 * @param mode of the folders that are made
 */
export function makeFolderSync(folder: string, mode?: number): void {
  const missing: string[] = []
  for (let at = path.resolve(folder); statSync(at, { throwIfNoEntry: false }) === undefined; at = path.dirname(at))
    missing.unshift(at)
  for (const one of missing.length === 0 ? [path.resolve(folder)] : missing)
    try {
      mkdirSync(one, mode)
    } catch (error) {
      unlessFolder(error, statSync(one, { throwIfNoEntry: false }))
    }
}

/** From the outermost to the folder itself, which is always among them: what it is, `mkdir` finds out. */
async function missingFolders(folder: string): Promise<string[]> {
  const missing = [folder]
  for (let at = path.dirname(folder); at !== path.dirname(at); at = path.dirname(at)) {
    const exists = await stat(at).then(
      () => true,
      () => false,
    )
    if (exists) break
    missing.unshift(at)
  }
  return missing
}

/** Somebody else may have made it in between. */
function unlessFolder(error: unknown, found: { isDirectory(): boolean } | undefined): void {
  if (found?.isDirectory() !== true) throw error
}
