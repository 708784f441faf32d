import { readFreeBytes } from '../cache/free-space.ts'
import { HubgateError } from '../errors.ts'

/** Folders, links, journals, and what others write meanwhile. */
const MARGIN_BYTES = 16 * 1024 * 1024

/** Before the first byte: a disk that fills up in the middle helps nobody. @throws {HubgateError} `ERR_NO_SPACE` */
export async function checkSpace(folder: string, neededBytes: number): Promise<void> {
  if (neededBytes === 0) return
  const freeBytes = await readFreeBytes(folder)
  if (neededBytes + MARGIN_BYTES <= freeBytes) return
  const [needed, free, short] = [neededBytes, freeBytes, neededBytes + MARGIN_BYTES - freeBytes].map(inGigabytes)
  const message = `Cannot fetch ${needed}: only ${free} are free in ${folder}; free ${short} more`
  throw new HubgateError('ERR_NO_SPACE', message, { folder, neededBytes, freeBytes })
}

function inGigabytes(bytes: number): string {
  return bytes < 1e8 ? `${Math.ceil(bytes / 1e6)} MB` : `${(Math.ceil(bytes / 1e8) / 10).toFixed(1)} GB`
}
