import { HubgateError } from '../errors.ts'
import { shownUrl } from './byte-address.ts'
import type { HubClient } from './client.ts'
import { fetchRange, RangesIgnoredError } from './fetch-range.ts'
import { FileAddress } from './file-address.ts'
import { type ByteRange } from './open-range.ts'
import type { FileReference } from './resolve-file.ts'

/** Reads parts of one file on the Hub without fetching the rest. */
export interface RangeReader {
  readonly sizeBytes: number
  readonly commitHash: string
  /**
   * The bytes from `start` to before `end`; fewer where the file ends earlier.
   * @throws {RangeError} for a range that is the wrong way round or larger than the reader gives
   */
  read(start: number, end: number): Promise<Uint8Array>
}

export interface RangeReaderOptions {
  readonly signal?: AbortSignal | undefined
  /** In one call. @default 64 MiB */
  readonly maxReadBytes?: number
}

/** Headers of weights are at most 25 MB (safetensors) or some dozen (GGUF with a large vocabulary). @see hub-protocol 9.5 */
const MAX_READ_BYTES = 64 * 1024 * 1024

/**
 * Opens a file for reading by parts. Every part is of the one commit that the revision led to at first.
 * @throws {HubgateError} as `resolveFile`
 * @example const reader = await openRangeReader(client, { modelId, path: 'model.safetensors' }); await reader.read(0, 8)
 */
export async function openRangeReader(
  client: HubClient,
  file: FileReference,
  { signal, maxReadBytes = MAX_READ_BYTES }: RangeReaderOptions = {},
): Promise<RangeReader> {
  const address = new FileAddress(client, file)
  const { sizeBytes, commitHash } = await address.get(signal)
  return {
    sizeBytes,
    commitHash,
    async read(start, end) {
      if (!(Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && end >= start))
        throw new RangeError(`Cannot read bytes ${start} to ${end} of ${file.path}: that is no range`)
      const range = { start, end: Math.min(end, sizeBytes) }
      if (range.end - start > maxReadBytes)
        throw new RangeError(`Cannot read ${range.end - start} bytes of ${file.path}: at most ${maxReadBytes} at once`)
      return range.start >= range.end ? new Uint8Array() : readRange(client, address, range, signal)
    },
  }
}

async function readRange(
  client: HubClient,
  address: FileAddress,
  range: ByteRange,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(range.end - range.start)
  let have = 0
  const onBytes = (part: Uint8Array): void => {
    bytes.set(part, have)
    have += part.length
  }
  try {
    await fetchRange(client, address, range, { onBytes, maxSkipBytes: MAX_READ_BYTES, signal })
    return bytes
  } catch (error) {
    if (!(error instanceof RangesIgnoredError)) throw error
    const { path, downloadUrl } = await address.get(signal)
    const message = `Cannot read a part of ${path}: the server sends whole files only`
    throw new HubgateError('ERR_HUB_ANSWER', message, { url: shownUrl(downloadUrl), reason: 'range' })
  }
}
