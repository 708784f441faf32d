import { readRef } from '../cache/refs.ts'
import { repoFolderPath } from '../cache/repo-cache.ts'
import type { DownloadSession } from './download-session.ts'
import { guessCommits } from './guess-commits.ts'
import { readKeptRef } from './kept-folder.ts'
import { type NameMemory, recallNames } from './recall-names.ts'
import type { SnapshotSubject } from './snapshot-subject.ts'

export interface RecalledSubject extends SnapshotSubject {
  /** All that the model is called here. */
  readonly names: readonly string[]
  /** The files of the user's folder are of this commit; nothing says that the revision led there. */
  readonly isGuess: boolean
}

export type SubjectMemory = NameMemory & Pick<DownloadSession, 'revision' | 'commitHash' | 'localFolder'>

/**
 * Which commits may be meant, as far as this machine knows, the likeliest first. Asks nobody.
 * @throws {HubgateError} `ERR_UNSAFE_PATH` for a revision that is no name for a ref
 */
export async function recallSubjects(modelId: string, memory: SubjectMemory): Promise<RecalledSubject[]> {
  const { present, ids, strangers } = await recallNames(modelId, memory)
  const renamedFrom = present.toLowerCase() === modelId.toLowerCase() ? undefined : modelId
  const subjects: RecalledSubject[] = []
  const add = (cachedAs: string, commits: readonly string[], isGuess: boolean): void => {
    const { revision } = memory
    for (const commitHash of commits)
      if (!subjects.some((subject) => subject.cachedAs === cachedAs && subject.commitHash === commitHash))
        subjects.push({
          modelId: present,
          renamedFrom,
          cachedAs,
          revision,
          commitHash,
          details: undefined,
          names: ids,
          isGuess,
        })
  }
  for (const id of ids) add(id, await rememberedCommits(id, memory), false)
  const guesses = await guessCommits(memory, { ids, strangers })
  for (const id of ids) add(id, guesses, true)
  return subjects
}

/** Where the revision led when the Hub was last asked: by us for a folder of the user's, or by any tool for the cache. `hf` keeps there also where its own folders led. */
async function rememberedCommits(
  id: string,
  { revision, commitHash, hubCache, listingFolder, localFolder }: SubjectMemory,
): Promise<string[]> {
  if (commitHash !== undefined) return [commitHash]
  const kept = localFolder === undefined ? undefined : await readKeptRef(listingFolder, id, revision)
  const cached = await readRef(repoFolderPath(hubCache, id), revision)
  return [kept, cached].filter((commit) => commit !== undefined)
}
