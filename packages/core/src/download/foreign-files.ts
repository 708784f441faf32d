import { lstat } from 'node:fs/promises'
import { localFilePath, localMetadataPath } from '../cache/local-folder.ts'
import { mapSome } from '../cache/map-some.ts'
import { orAbsent } from '../cache/system-code.ts'
import { HubgateError } from '../errors.ts'

/**
 * Refuses to write over files of the user's own: those in the folder that no tool says it has fetched, and that are not what is
 * to come. What a tool fetched and somebody changed since is replaced, as `hf download` does.
 * @param isThere is the file that lies there the one that is to come?
 * @throws {HubgateError} `ERR_WRITE`, naming them
 */
export async function refuseForeignFiles<File extends { readonly path: string }>(
  folder: string,
  files: readonly File[],
  isThere: (file: File) => Promise<boolean>,
): Promise<void> {
  const found = await mapSome(files, async (file) => ((await isForeign(folder, file.path)) ? [file] : []))
  const foreign: string[] = []
  // One after another: each may be read as a whole.
  for (const file of found.flat()) if (!(await isThere(file))) foreign.push(file.path)
  const [first] = foreign
  if (first === undefined) return
  const more = foreign.length > 1 ? ` and ${foreign.length - 1} more` : ''
  const reason = 'a file of another origin is there already; move it away, or leave it out with --exclude'
  throw new HubgateError('ERR_WRITE', `Cannot write ${first}${more} into ${folder}: ${reason}`, { path: first, reason })
}

async function isForeign(folder: string, filePath: string): Promise<boolean> {
  const stats = await orAbsent(lstat(localFilePath(folder, filePath)))
  return stats?.isFile() === true && (await orAbsent(lstat(localMetadataPath(folder, filePath)))) === undefined
}
