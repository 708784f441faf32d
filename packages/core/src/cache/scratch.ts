import { randomBytes } from 'node:crypto'
import type { Disk } from './disk.ts'
import { scratchPath } from './layout.ts'

/** A scratch path that nobody else has. */
export function randomName(repoFolder: string): string {
  return scratchPath(repoFolder, randomBytes(8).toString('hex'))
}

/** Lets `build` put something together under a scratch name and move it away; nothing stays behind if it cannot. */
export async function withScratch<T>(
  { folder, disk }: { readonly folder: string; readonly disk: Disk },
  build: (scratch: string) => Promise<T>,
): Promise<T> {
  const scratch = randomName(folder)
  try {
    return await build(scratch)
  } catch (error) {
    // Not to be replaced by what removing it may say.
    await disk.remove(scratch).catch(() => undefined)
    throw error
  }
}
