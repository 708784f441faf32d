import { lstat } from 'node:fs/promises'
import { HubgateError } from '../errors.ts'
import type { Disk } from './disk.ts'
import { hasSystemCode } from './system-code.ts'

/**
 * Makes a folder where it is missing. Where something else lies in its place nothing is to be written below it: a link would
 * lead out of the cache.
 * @param name what people are told of it; its path where nothing shorter says it
 * @throws {HubgateError} `ERR_UNSAFE_PATH`
 */
export async function makeRealFolder(disk: Disk, folder: string, name: string = folder): Promise<void> {
  try {
    await disk.mkdir(folder)
  } catch (error) {
    if (!hasSystemCode(error, ['EEXIST'])) throw error
    const stats = await lstat(folder)
    if (stats.isDirectory()) return
    const danger = stats.isSymbolicLink() ? 'a link lies in place of the folder' : 'a file lies in place of the folder'
    throw new HubgateError('ERR_UNSAFE_PATH', `Cannot write below "${name}": ${danger}`, { path: name, danger })
  }
}
