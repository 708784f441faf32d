import { stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { makeFolder } from '../util/make-folder.ts'
import { noExistPath } from './layout.ts'
import { orAbsent } from './system-code.ts'

/** Remembers that a path is missing at a commit, so that `transformers` need not ask again. */
export async function markMissing(repoFolder: string, commitHash: string, filePath: string): Promise<void> {
  const file = noExistPath(repoFolder, commitHash, filePath)
  await makeFolder(path.dirname(file))
  await writeFile(file, '', { flag: 'a' })
}

export async function isKnownMissing(repoFolder: string, commitHash: string, filePath: string): Promise<boolean> {
  const stats = await orAbsent(stat(noExistPath(repoFolder, commitHash, filePath)))
  return stats?.isFile() ?? false
}
