import { stat } from 'node:fs/promises'
import { orAbsent } from '../cache/system-code.ts'
import { mapBounded } from '../util/map-bounded.ts'
import { readJournal, readJournalText } from './journal.ts'
import type { KnownFile } from './target.ts'

interface WorkPaths {
  readonly partialPath: string
  readonly journalPath: string
}

/** How much of each file an earlier run left, by etag. Looks only. */
export async function readPartialBytes<File extends Pick<KnownFile, 'etag' | 'sizeBytes'>>(
  files: readonly File[],
  workPaths: (file: File) => WorkPaths,
): Promise<Map<string, number>> {
  const bytes = new Map<string, number>()
  await mapBounded(files, 32, async (file) => {
    const { partialPath, journalPath } = workPaths(file)
    const text = await readJournalText(journalPath)
    if (text === undefined || (await orAbsent(stat(partialPath)))?.size !== file.sizeBytes) return
    bytes.set(file.etag, readJournal(text, file).ranges.sizeBytes)
  })
  return bytes
}
