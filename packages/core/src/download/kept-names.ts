import { readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { mapSome } from '../cache/map-some.ts'
import { orUnread } from '../cache/system-code.ts'
import { isModelId } from '../hub/model-id.ts'
import { idsIn, keepText, keptFolder } from './kept-folder.ts'

/** A model goes by another name now. */
export interface Rename {
  readonly former: string
  readonly present: string
}

/** The Hub leads who asks for a model under a former name on to the present one. Kept, so that it is found without the Hub too. */
export async function keepRename(folder: string, { former, present }: Rename): Promise<void> {
  await keepText(namePath(folder, former), present)
}

/** For an id that is in use: whatever it led to once, it is a model of its own now. */
export async function forgetRename(folder: string, modelId: string): Promise<void> {
  await rm(namePath(folder, modelId), { force: true })
}

export async function readRenames(folder: string): Promise<Rename[]> {
  const found = await mapSome(await idsIn(folder), async (former) => {
    const present = await orUnread(readFile(namePath(folder, former), 'utf8'))
    return present !== undefined && isModelId(present) ? [{ former, present }] : []
  })
  return found.flat()
}

function namePath(folder: string, former: string): string {
  return path.join(keptFolder(folder, former), 'now-called')
}
