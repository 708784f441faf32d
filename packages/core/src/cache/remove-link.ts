import { lstat, rm } from 'node:fs/promises'
import { orAbsent } from './system-code.ts'

/** Takes away a link that lies where a file of our own is to be, never what it leads to. */
export async function removeLink(place: string): Promise<void> {
  const stats = await orAbsent(lstat(place))
  if (stats?.isSymbolicLink()) await rm(place, { force: true })
}
