import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { scratchPath } from './layout.ts'

/** A scratch path that nobody else has. */
export function randomName(repoFolder: string): string {
  return scratchPath(repoFolder, randomBytes(8).toString('hex'))
}

/** Lets `build` put something together under a scratch name and move it away; nothing stays behind if it cannot. */
export async function withScratch<T>(repoFolder: string, build: (scratch: string) => Promise<T>): Promise<T> {
  const scratch = randomName(repoFolder)
  try {
    return await build(scratch)
  } catch (error) {
    // Not to be replaced by what removing it may say.
    await rm(scratch, { force: true }).catch(() => undefined)
    throw error
  }
}
