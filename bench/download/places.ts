import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { workspaceRoot } from '../../scripts/pinned-node.mjs'

/** A folder to measure in, gone afterwards. */
export interface Place extends Disposable {
  readonly name: 'memory (tmpfs)' | 'disk'
  readonly folder: string
}

const TMPFS_MAGIC = 0x01021994

/** On disk, beside the checkout. */
export function onDisk(): Place {
  return open('disk', path.join(workspaceRoot, 'node_modules', '.cache'))
}

/** In memory; `undefined`, said aloud, where there is no such place or it has too little room. */
export function inMemory(neededBytes: number): Place | undefined {
  const root = '/dev/shm'
  try {
    const { type, bsize, bavail } = statfsSync(root)
    if (type === TMPFS_MAGIC && bsize * bavail >= neededBytes) return open('memory (tmpfs)', root)
  } catch {
    // Only Linux has it.
  }
  process.stderr.write(`skipped: ${root} is no tmpfs with ${neededBytes} bytes of room, so nothing is measured there\n`)
  return undefined
}

function open(name: Place['name'], root: string): Place {
  mkdirSync(root, { recursive: true })
  const folder = mkdtempSync(path.join(root, 'hubgate-bench-'))
  return { name, folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
}
