import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { orAbsent } from './system-code.ts'

/** Where a path leads, whatever links are on the way: one name for one place. It need not be there yet, nor the folders above it. */
export async function realPlace(place: string): Promise<string> {
  const absolute = path.resolve(place)
  const real = await orAbsent(realpath(absolute))
  if (real !== undefined) return real
  const parent = path.dirname(absolute)
  return parent === absolute ? absolute : path.join(await realPlace(parent), path.basename(absolute))
}
