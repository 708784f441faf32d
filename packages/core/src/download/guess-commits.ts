import { stat } from 'node:fs/promises'
import { snapshotPath } from '../cache/layout.ts'
import { listLocalRecords } from '../cache/local-records.ts'
import { mapSome } from '../cache/map-some.ts'
import { readRef } from '../cache/refs.ts'
import { repoFolderPath } from '../cache/repo-cache.ts'
import { orUnread } from '../cache/system-code.ts'
import type { DownloadSession } from './download-session.ts'
import { listingPath } from './kept-listing.ts'
import type { RecalledNames } from './recall-names.ts'

export type FolderMemory = Pick<
  DownloadSession,
  'revision' | 'commitHash' | 'localFolder' | 'hubCache' | 'listingFolder'
>

/**
 * The commits that the files of the user's folder came by, most of them first, but those that are known for another model's. For the
 * default branch only: whoever names another revision means that one.
 */
export async function guessCommits(
  memory: FolderMemory,
  { ids, strangers }: Pick<RecalledNames, 'ids' | 'strangers'>,
): Promise<string[]> {
  const { revision, commitHash, localFolder } = memory
  if (localFolder === undefined || commitHash !== undefined || revision !== 'main') return []
  const files = Map.groupBy(await listLocalRecords(localFolder), (record) => record.commitHash)
  const commits = [...files].toSorted(([, a], [, b]) => b.length - a.length).map(([commit]) => commit)
  const guesses: string[] = []
  // A copy of a repo has the commits of the first.
  for (const commit of commits)
    if ((await areOf(ids, commit, memory)) || !(await areOf(strangers, commit, memory))) guesses.push(commit)
  return guesses
}

/** Is it a commit of one of these models, as far as anything here says so? */
async function areOf(
  ids: readonly string[],
  commitHash: string,
  { hubCache, listingFolder: folder }: FolderMemory,
): Promise<boolean> {
  const found = await mapSome(ids, async (modelId) => {
    const repo = repoFolderPath(hubCache, modelId)
    const places = [listingPath({ folder, modelId, commitHash }), snapshotPath(repo, commitHash)]
    const seen = await Promise.all(places.map((place) => orUnread(stat(place))))
    return seen.some((stats) => stats !== undefined) || (await orUnread(readRef(repo, 'main'))) === commitHash
  })
  return found.includes(true)
}
