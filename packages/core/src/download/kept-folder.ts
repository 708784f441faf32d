import { randomBytes } from 'node:crypto'
import { readdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { parseRepoFolderName, repoFolderName } from '../cache/layout.ts'
import { readRef } from '../cache/refs.ts'
import { orUnread } from '../cache/system-code.ts'
import { isModelId } from '../hub/model-id.ts'
import { makeFolder } from '../util/make-folder.ts'

/** Where it is kept what the Hub said of one model; named as in the cache. @param folder for all models */
export function keptFolder(folder: string, modelId: string): string {
  return path.join(folder, repoFolderName(modelId))
}

/** Where a revision led whose files went into a folder of the user's; kept as the cache keeps its refs. */
export async function readKeptRef(folder: string, modelId: string, revision: string): Promise<string | undefined> {
  return orUnread(readRef(keptFolder(folder, modelId), revision))
}

/** The models that have a folder in one of these: of what was kept, or a cache. */
export async function idsIn(folder: string): Promise<string[]> {
  const names = (await orUnread(readdir(folder))) ?? []
  return names.flatMap((name) => {
    const repo = parseRepoFolderName(name)
    return repo?.type === 'model' && isModelId(repo.id) ? [repo.id] : []
  })
}

/** In one step: who reads it meanwhile finds the one or the other. */
export async function keepText(file: string, text: string): Promise<void> {
  await makeFolder(path.dirname(file))
  const scratch = `${file}.${randomBytes(6).toString('hex')}`
  try {
    await writeFile(scratch, text)
    await rename(scratch, file)
  } catch (error) {
    // Not to be replaced by what removing it may say.
    await rm(scratch, { force: true }).catch(() => undefined)
    throw error
  }
}
