import { removeLink } from '../cache/remove-link.ts'
import { mapBounded } from '../util/map-bounded.ts'
import { fetchLargeFile } from './fetch-large-file.ts'
import { fetchSmallFile, SMALL_FILE_BYTES } from './fetch-small-file.ts'
import type { ProgressBoard } from './progress-board.ts'
import type { SnapshotContent, SnapshotTarget } from './target.ts'
import type { Transfer } from './transfer.ts'

export interface FetchContents {
  readonly transfer: Transfer
  readonly target: SnapshotTarget
  readonly board: ProgressBoard
  readonly modelId: string
  readonly commitHash: string
}

const SMALL_AT_ONCE = 64
/** The next files begin while the last pieces of one still come and are hashed. */
const LARGE_AT_ONCE = 3

/** Fetches, verifies and places every content. Small files go first, the others in their order. The first failure stops all. */
export async function fetchContents(work: FetchContents, contents: readonly SnapshotContent[]): Promise<void> {
  const stop = new AbortController()
  const signal = AbortSignal.any([work.transfer.signal, stop.signal])
  const stoppable = { ...work, transfer: { ...work.transfer, signal } }
  const run = async (part: readonly SnapshotContent[], atOnce: number): Promise<void> => {
    const ranked = part.entries()
    await mapBounded(ranked, atOnce, ([rank, content]) => fetchContent(stoppable, content, rank)).catch(
      (error: unknown) => stop.abort(error),
    )
  }
  await Promise.all([
    run(contents.filter(isSmall), SMALL_AT_ONCE),
    run(
      contents.filter((content) => !isSmall(content)),
      LARGE_AT_ONCE,
    ),
  ])
  signal.throwIfAborted()
}

function isSmall({ sizeBytes }: SnapshotContent): boolean {
  return sizeBytes <= SMALL_FILE_BYTES
}

async function fetchContent(work: FetchContents, content: SnapshotContent, rank: number): Promise<void> {
  const { transfer, target, board, modelId, commitHash } = work
  const { etag, sizeBytes, paths } = content
  const [path = ''] = paths
  transfer.signal.throwIfAborted()
  const report = board.begin({ path, sizeBytes })
  const workPaths = target.workPaths(content)
  for (const place of Object.values(workPaths)) await removeLink(transfer.disk, place)
  const file = { modelId, revision: commitHash, path, etag, sizeBytes, rank, report, ...workPaths }
  await (isSmall(content) ? fetchSmallFile(transfer, file) : fetchLargeFile(transfer, file))
  transfer.signal.throwIfAborted()
  await target.place(content)
  board.end({ path, sizeBytes })
}
