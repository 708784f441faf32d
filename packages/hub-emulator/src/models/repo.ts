import { commitIdOf, madeCommitId } from './commit-id.ts'
import { madeFiles } from './made-files.ts'
import type { Commit, EmulatedModel, Repo, RepoFile } from './model.ts'

export const MAIN = 'refs/heads/main'

/** The repository of a model: the one laid by hand, or one made from its facts. */
export function repoOf(model: EmulatedModel, weightScale: number): Repo {
  if (model.repo !== undefined) return model.repo
  const id = madeCommitId(model, weightScale)
  return repoOfCommits([[MAIN, firstCommit(id, madeFiles(model, weightScale), model.lastModified)]])
}

/** A repository with one commit a ref. */
export function repoOfFiles(seed: string, files: Readonly<Record<string, readonly RepoFile[]>>, date: number): Repo {
  return repoOfCommits(
    Object.entries(files).map(([ref, list]) => [ref, firstCommit(commitIdOf(`${seed} ${ref}`, list), list, date)]),
  )
}

function firstCommit(id: string, files: readonly RepoFile[], date: number): Commit {
  return { id, parent: undefined, title: 'Upload model', date, files: files.toSorted(byPath) }
}

function repoOfCommits(commits: readonly (readonly [string, Commit])[]): Repo {
  return {
    refs: new Map(commits.map(([ref, { id }]) => [ref, id])),
    commits: new Map(commits.map(([, commit]) => [commit.id, commit])),
  }
}

/** The head of `main`, without laying out a single file. */
export function headOf(model: EmulatedModel, weightScale: number): string | undefined {
  return model.repo === undefined ? madeCommitId(model, weightScale) : model.repo.refs.get(MAIN)
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
