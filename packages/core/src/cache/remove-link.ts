import { lstat } from 'node:fs/promises'
import type { Disk } from './disk.ts'
import { orAbsent } from './system-code.ts'

/** Takes away a link that lies where a file of our own is to be, never what it leads to. */
export async function removeLink(disk: Disk, place: string): Promise<void> {
  const stats = await orAbsent(lstat(place))
  if (stats?.isSymbolicLink()) await disk.remove(place)
}
