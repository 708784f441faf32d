import { hashContent } from '../hashing/content-hash.ts'
import { fetchRange, type TransferWait } from '../hub/fetch-range.ts'
import { FileAddress } from '../hub/file-address.ts'
import { integrityError } from './integrity-error.ts'
import type { Transfer, TransferFile } from './transfer.ts'

/** Up to here a file is held in memory until it is verified, and fetched again whole after a crash. */
export const SMALL_FILE_BYTES: number = 1024 * 1024

/**
 * Fetches a file in one answer, verifies it and only then writes it, under its partial name.
 * @throws {HubgateError} `ERR_INTEGRITY` where its bytes were wrong twice
 */
export async function fetchSmallFile(transfer: Transfer, file: TransferFile): Promise<void> {
  let bytes = await fetchBytes(transfer, file, FileAddress.direct(transfer.client, file))
  if (hashContent(file, bytes) !== file.etag) {
    file.report.mismatch()
    bytes = await fetchBytes(transfer, file, new FileAddress(transfer.client, file, file))
    const digest = hashContent(file, bytes)
    if (digest !== file.etag) throw integrityError(file, digest)
  }
  await using partial = await transfer.disk.open(file.partialPath)
  await partial.write(bytes, 0)
  await partial.truncate(bytes.length)
}

async function fetchBytes(transfer: Transfer, file: TransferFile, address: FileAddress): Promise<Uint8Array> {
  const { client, budget, limiter, reached, patienceMs, signal, stallMs } = transfer
  const bytes = Buffer.allocUnsafe(file.sizeBytes)
  let have = 0
  const onBytes = async (part: Uint8Array): Promise<void> => {
    await limiter.take(part.length, signal)
    bytes.set(part, have)
    have += part.length
    file.report.fetched(part.length)
  }
  const onWait = (wait: TransferWait): void => {
    if (wait.failure === 429) budget.slowDown()
    file.report.waiting(wait)
  }
  const range = { start: 0, end: file.sizeBytes }
  const permit = await budget.acquire({ rank: file.rank, isSmall: true, signal })
  try {
    const maxSkipBytes = file.sizeBytes
    await fetchRange(client, address, range, { onBytes, onWait, maxSkipBytes, reached, patienceMs, stallMs, signal })
  } finally {
    permit.release()
  }
  return bytes
}
