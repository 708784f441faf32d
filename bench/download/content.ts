import { createHash, randomFillSync } from 'node:crypto'
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs'
import path from 'node:path'
import type { ServedFile } from './static-hub.ts'

export const MIB: number = 1024 * 1024
export const GIB: number = 1024 * MIB

/** One large file of noise. */
export function makeLargeFile(folder: string, name: string, size: number): ServedFile {
  const source = path.join(folder, name)
  const hash = createHash('sha256')
  const block = Buffer.alloc(16 * MIB)
  const file = openSync(source, 'w')
  for (let left = size; left > 0; left -= block.length) {
    const part = randomFillSync(block).subarray(0, left)
    writeSync(file, part)
    hash.update(part)
  }
  closeSync(file)
  return { path: name, size, etag: hash.digest('hex'), source }
}

/** A huge file that hardly needs room: 64 MiB again and again, of which only the first 4 KiB are not zeros. */
export function makeSparseFile(folder: string, name: string, size: number): ServedFile {
  const source = path.join(folder, name)
  const block = Buffer.alloc(64 * MIB)
  randomFillSync(block, 0, 4096)
  writeFileSync(source, block)
  const hash = createHash('sha256')
  for (let left = size; left > 0; left -= block.length) hash.update(block.subarray(0, left))
  return { path: name, size, etag: hash.digest('hex'), source }
}

/** Many small files, kept as git keeps them. */
export function makeSmallFiles(folder: string, count: number, size: number): ServedFile[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `part-${String(index).padStart(3, '0')}.json`
    const source = path.join(folder, name)
    const bytes = randomFillSync(Buffer.alloc(size))
    writeFileSync(source, bytes)
    const etag = createHash('sha1').update(`blob ${size}\0`).update(bytes).digest('hex')
    return { path: name, size, etag, source }
  })
}
