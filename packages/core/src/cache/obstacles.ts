import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { HubgateError } from '../errors.ts'
import { hasSystemCode, orAbsent } from './system-code.ts'

/**
 * Refuses what lies in places where files are to be, and is neither a file nor a link, which are replaced: a folder, a named
 * pipe, a socket, a device. Asked before anything is fetched: it would be noticed only when a file is to get its place, and a
 * pipe can keep who opens it waiting for ever. One look at each folder, so that it is quick for 100,000 files.
 * @throws {HubgateError} `ERR_WRITE`, naming the first of them
 */
export async function refuseObstacles(places: Iterable<string>): Promise<void> {
  for (const [folder, own] of Map.groupBy(places, (place) => path.dirname(place))) {
    const kinds = await findOtherKinds(folder)
    const place = kinds.size === 0 ? undefined : own.find((each) => kinds.has(path.basename(each)))
    if (place !== undefined) refuse(place, kinds.get(path.basename(place)) ?? 'something')
  }
}

/** What in a folder is neither file nor link, by name. In one that may not be looked into, whoever writes finds out. */
async function findOtherKinds(folder: string): Promise<ReadonlyMap<string, string>> {
  try {
    const entries = (await orAbsent(readdir(folder, { withFileTypes: true }))) ?? []
    return new Map(
      entries
        .filter((entry) => !entry.isFile() && !entry.isSymbolicLink())
        .map((entry) => [entry.name, kindOf(entry)] as const),
    )
  } catch (error) {
    if (!hasSystemCode(error, ['EACCES', 'EPERM'])) throw error
    return new Map()
  }
}

function kindOf(entry: Dirent): string {
  if (entry.isDirectory()) return 'a folder'
  if (entry.isFIFO()) return 'a named pipe'
  return entry.isSocket() ? 'a socket' : 'a device'
}

function refuse(place: string, kind: string): never {
  const reason = `${kind} lies where a file is needed`
  const step = 'look what it is, move it away, and run it again'
  throw new HubgateError('ERR_WRITE', `Cannot write ${place}: ${reason}; ${step}`, { path: place, reason })
}
