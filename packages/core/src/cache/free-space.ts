import { statfs } from 'node:fs/promises'
import path from 'node:path'
import { orAbsent } from './system-code.ts'

/** Bytes that this user may still write where the folder is, or will be: it need not exist yet. */
export async function readFreeBytes(folder: string): Promise<number> {
  const stats = await orAbsent(statfs(folder))
  if (stats !== undefined) return stats.bavail * stats.bsize
  const parent = path.dirname(path.resolve(folder))
  if (parent === path.resolve(folder)) throw new Error(`Cannot tell the free space at "${folder}": no such drive`)
  return readFreeBytes(parent)
}
