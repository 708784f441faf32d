import { stat } from 'node:fs/promises'
import path from 'node:path'
import { hasErrorCode } from '../errors.ts'
import { type LocalMetadata, localBooksPath, localFilePath, readLocalMetadata } from './local-folder.ts'
import { mapSome } from './map-some.ts'
import { orAbsent } from './system-code.ts'
import { walkFiles } from './walk-files.ts'

/** A file of a local folder that was not changed since a tool fetched it. */
export interface LocalRecord extends LocalMetadata {
  readonly path: string
  readonly sizeBytes: number
}

const METADATA = '.metadata'

/** What the books of a local folder say of its files, ours and `hf`'s; nothing of those that were changed since, or are gone. */
export async function listLocalRecords(folder: string): Promise<LocalRecord[]> {
  const books = path.join(localBooksPath(folder), 'download')
  const names = (await walkFiles(books))
    .filter((file) => file.path.endsWith(METADATA))
    .map((file) => path.relative(books, file.path).slice(0, -METADATA.length).replaceAll(path.sep, '/'))
  return (await mapSome(names, (name) => readRecord(folder, name))).flatMap((record) => record ?? [])
}

/** A name that must not be written was written by none of us: what lies there is no file of a repo. */
async function readRecord(folder: string, filePath: string): Promise<LocalRecord | undefined> {
  try {
    const metadata = await readLocalMetadata(folder, filePath)
    const stats = metadata && (await orAbsent(stat(localFilePath(folder, filePath))))
    return metadata && stats && { path: filePath, sizeBytes: stats.size, ...metadata }
  } catch (error) {
    if (hasErrorCode(error, 'ERR_UNSAFE_PATH')) return undefined
    throw error
  }
}
