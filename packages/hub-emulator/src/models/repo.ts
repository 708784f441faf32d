import { madeUpId } from '../files/hashes.ts'
import { madeFiles } from './made-files.ts'
import type { Commit, EmulatedModel, Repo, RepoFile } from './model.ts'

export const MAIN = 'refs/heads/main'

/** The repository of a model: the one laid by hand, or one made from its facts. */
export function repoOf(model: EmulatedModel, weightScale: number): Repo {
  return model.repo ?? repoOfFiles(model.key, { [MAIN]: madeFiles(model, weightScale) }, model.lastModified)
}

/** A repository with one commit a ref. */
export function repoOfFiles(seed: string, files: Readonly<Record<string, readonly RepoFile[]>>, date: number): Repo {
  const commits = Object.entries(files).map(([ref, list]) => {
    const commit: Commit = {
      id: firstCommitId(seed, ref),
      parent: undefined,
      title: 'Upload model',
      date,
      files: list.toSorted(byPath),
    }
    return [ref, commit] as const
  })
  return {
    refs: new Map(commits.map(([ref, { id }]) => [ref, id])),
    commits: new Map(commits.map(([, commit]) => [commit.id, commit])),
  }
}

/** The head of `main`, without laying out a single file. */
export function headOf(model: EmulatedModel): string | undefined {
  return model.repo === undefined ? firstCommitId(model.key, MAIN) : model.repo.refs.get(MAIN)
}

function firstCommitId(seed: string, ref: string): string {
  return madeUpId(`commit ${seed} ${ref}`)
}

/** The commit a revision means: a commit by its 40 hex, a ref by its full name, a branch, a tag. */
export function findCommit(repo: Repo, revision: string): Commit | undefined {
  const names = revision === 'HEAD' ? [MAIN] : [revision, `refs/heads/${revision}`, `refs/tags/${revision}`]
  const id = names.map((name) => repo.refs.get(name)).find((found) => found !== undefined) ?? revision
  return repo.commits.get(id)
}

/** Files of a commit by path, laid out when first asked for: a repo may have 100,000. */
const filesByPath = new WeakMap<Commit, ReadonlyMap<string, RepoFile>>()

export function findFile(commit: Commit, path: string): RepoFile | undefined {
  const files = filesByPath.get(commit) ?? new Map(commit.files.map((file) => [file.path, file]))
  filesByPath.set(commit, files)
  return files.get(path)
}

/** The commit and those before it, newest first. */
export function historyOf(repo: Repo, commit: Commit): Commit[] {
  const history: Commit[] = []
  for (let at: Commit | undefined = commit; at !== undefined; at = repo.commits.get(at.parent ?? '')) history.push(at)
  return history
}

export function byPath(a: RepoFile, b: RepoFile): number {
  if (a.path === b.path) return 0
  return a.path < b.path ? -1 : 1
}
