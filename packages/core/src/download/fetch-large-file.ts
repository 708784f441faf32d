import { setTimeout as sleep } from 'node:timers/promises'
import type { FileHashing } from '../hashing/hasher.ts'
import { BLOCK_BYTES } from '../hub/block-connection.ts'
import { type FetchedRange, fetchRange, RangesIgnoredError } from '../hub/fetch-range.ts'
import { FileAddress } from '../hub/file-address.ts'
import { untilAborted } from '../util/until-aborted.ts'
import { ChunkQueue } from './chunk-queue.ts'
import { integrityError } from './integrity-error.ts'
import { PartialFile } from './partial-file.ts'
import { Piece } from './piece.ts'
import type { Transfer, TransferFile } from './transfer.ts'

/**
 * What a crash costs again: at most a fiftieth of the file, or 1 MiB for each connection where that is more. Half of it may be
 * on its way (asked for and not written), half written and not claimed, with the block that each connection may add to that.
 */
const CRASH_SHARE = 0.01
const MIN_UNCOMMITTED_BYTES = 256 * 1024
/** How often it is looked whether a piece is long in coming. */
const LOOK_MS = 1000
const MIN_LANE_BYTES = 4 * 1024 * 1024

/**
 * Fetches a file over several connections, going on where an earlier run stopped, and verifies it. Leaves it under its
 * partial name, complete.
 * @throws {HubgateError} `ERR_INTEGRITY` where its bytes were wrong twice: then nothing of it is left
 */
export async function fetchLargeFile(transfer: Transfer, file: TransferFile): Promise<void> {
  let digest = await fetchOnce(transfer, file)
  if (digest === file.etag) return
  file.report.mismatch()
  await forget(transfer, file)
  digest = await fetchOnce(transfer, file)
  if (digest === file.etag) return
  await forget(transfer, file)
  throw integrityError(file, digest)
}

/** The bytes were wrong. A new file, not the old one emptied: a process that was suspended may still have that one open. */
async function forget({ disk }: Transfer, { journalPath, partialPath }: TransferFile): Promise<void> {
  await disk.remove(journalPath)
  await disk.remove(partialPath)
}

async function fetchOnce(transfer: Transfer, file: TransferFile): Promise<string> {
  await using partial = await PartialFile.open({
    ...file,
    disk: transfer.disk,
    path: file.partialPath,
    maxUncommittedBytes: maxUncommittedBytes(transfer, file),
  })
  file.report.resumed(partial.written.sizeBytes)
  using hashing = transfer.hasher.start(file.partialPath, file)
  hashing.advance(partial.written.prefixEnd)
  try {
    await fetchMissing({ transfer, file, partial, hashing })
    const digest = await untilAborted(hashing.digest, transfer.signal)
    await partial.settle()
    return digest
  } catch (error) {
    await partial.flushBriefly()
    throw error
  }
}

function maxUncommittedBytes({ maxConnectionsPerFile }: Transfer, { sizeBytes }: TransferFile): number {
  return Math.max(MIN_UNCOMMITTED_BYTES, Math.floor(sizeBytes * CRASH_SHARE) - maxConnectionsPerFile * BLOCK_BYTES)
}

interface Fetching {
  readonly transfer: Transfer
  readonly file: TransferFile
  readonly partial: PartialFile
  readonly hashing: FileHashing
}

async function fetchMissing(fetching: Fetching): Promise<void> {
  const { transfer, file, partial } = fetching
  const missing = partial.written.missing(file.sizeBytes)
  if (missing.length === 0) return
  const missingBytes = file.sizeBytes - partial.written.sizeBytes
  const lanes = Math.min(transfer.maxConnectionsPerFile, Math.ceil(missingBytes / MIN_LANE_BYTES))
  const address = new FileAddress(transfer.client, file, file)
  try {
    const crashBytes = Math.floor(file.sizeBytes * CRASH_SHARE)
    await runLanes(fetching, address, new ChunkQueue(missing, { lanes, crashBytes }), lanes)
  } catch (error) {
    if (!(error instanceof RangesIgnoredError)) throw error
    await fetchWhole(fetching, address)
  }
}

/** Each piece over a connection of its own. The first failure stops all; all have stopped when this ends. */
async function runLanes(fetching: Fetching, address: FileAddress, chunks: ChunkQueue, count: number): Promise<void> {
  const { transfer, file } = fetching
  const stop = new AbortController()
  const signal = AbortSignal.any([transfer.signal, stop.signal])
  const running = new Set<Promise<void>>()
  try {
    while (!chunks.isEmpty || running.size > 0) {
      if (running.size >= count) {
        await Promise.race(running)
        continue
      }
      // A limit of our own makes none slower than the others.
      if (chunks.isEmpty && (transfer.limiter.isLimiting || !chunks.splitSlow())) {
        await Promise.race([...running, sleep(LOOK_MS, undefined, { ref: false })])
        continue
      }
      const permit = await transfer.budget.acquire({ rank: file.rank, signal })
      const piece = chunks.take()
      if (piece === undefined) {
        permit.release()
        break
      }
      const run = fetchPiece(fetching, { address, piece, signal, maxSkipBytes: 0 })
        .then(({ isAhead }) => {
          chunks.learn(piece, { isAhead })
          transfer.budget.learn(piece.sizeBytes, { isAhead })
        })
        .catch((error: unknown) => stop.abort(error))
        .finally(() => {
          permit.release()
          chunks.end(piece)
          running.delete(run)
        })
      running.add(run)
    }
    await Promise.all(running)
    signal.throwIfAborted()
  } finally {
    await Promise.all(running)
  }
}

/** From a server that knows no ranges: one answer, of which what is there already is thrown away. */
async function fetchWhole(fetching: Fetching, address: FileAddress): Promise<void> {
  const { transfer, file, partial } = fetching
  const [first] = partial.written.missing(file.sizeBytes)
  const piece = new Piece({ start: first?.start ?? 0, end: file.sizeBytes }, performance.now())
  const permit = await transfer.budget.acquire({ rank: file.rank, signal: transfer.signal })
  try {
    await fetchPiece(fetching, { address, piece, signal: transfer.signal, maxSkipBytes: Infinity })
  } finally {
    permit.release()
  }
}

interface PieceFetch {
  readonly address: FileAddress
  readonly piece: Piece
  readonly signal: AbortSignal
  readonly maxSkipBytes: number
}

/** Bytes go to their place as they come: while a block is written, the next one fills up. */
async function fetchPiece(
  fetching: Fetching,
  { address, piece, signal, maxSkipBytes }: PieceFetch,
): Promise<FetchedRange> {
  const { transfer, file, partial, hashing } = fetching
  const { start, end } = piece
  return await fetchRange(
    transfer.client,
    address,
    { start, end },
    {
      onBytes: async (bytes) => {
        if (transfer.limiter.isLimiting) await transfer.limiter.take(bytes.length, signal)
        const { position, own } = piece.advance(bytes.length)
        transfer.budget.count(bytes.length)
        file.report.fetched(own)
        if (own > 0) await partial.write(bytes.subarray(0, own), position)
        hashing.advance(partial.written.prefixEnd)
        // Another connection has taken over what was to follow.
        return piece.leftBytes === 0 && piece.end < end ? false : undefined
      },
      onWait: (wait) => {
        if (wait.failure === 429) transfer.budget.slowDown()
        file.report.waiting(wait)
      },
      maxSkipBytes,
      reached: transfer.reached,
      patienceMs: transfer.patienceMs,
      stallMs: transfer.stallMs,
      signal,
    },
  )
}
