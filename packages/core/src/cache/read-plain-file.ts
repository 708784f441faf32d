import { constants } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { orAbsent } from './system-code.ts'

/** Windows knows no such files, and no such flag. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK

/**
 * The text of a file, through links; `undefined` where there is none, where it is larger than anything of its kind, and where it
 * is no file: a folder, or a named pipe, which would keep its reader waiting for ever.
 */
export async function readPlainFile(
  file: string,
  { encoding, maxBytes }: { readonly encoding: BufferEncoding; readonly maxBytes: number },
): Promise<string | undefined> {
  const stats = await orAbsent(stat(file))
  if (!stats?.isFile() || stats.size > maxBytes) return undefined
  return orAbsent(readFile(file, { encoding, flag: FLAGS }))
}
