import { type Hub, layModel } from '../hub.ts'
import { commitIdOf } from '../models/commit-id.ts'
import type { Commit, EmulatedModel, Gate } from '../models/model.ts'
import type { ModelSpec } from '../models/model-spec.ts'
import { byPath, findCommit, MAIN } from '../models/repo.ts'
import { type FileSpec, repoFile } from '../models/repo-file.ts'

export interface OfModel {
  /** The present id. */
  readonly model: string
}

export interface CommitOptions extends OfModel {
  /** Full name of the branch. @default refs/heads/main */
  readonly ref?: string
  /** Files laid or replaced by path; `null` deletes one. */
  readonly files: Readonly<Record<string, FileSpec | null>>
  readonly title?: string
}

/** What a test or a person may do to models while the Hub runs. Each throws a RangeError where there is no such model. */
export interface ModelCalls {
  createModel(spec: ModelSpec): void
  deleteModel(of: OfModel): void
  rename(of: OfModel & { readonly to: string }): void
  setGate(of: OfModel & { readonly gated: Gate; readonly orgMembersGated?: boolean }): void
  setPrivate(of: OfModel & { readonly private: boolean }): void
  setDisabled(of: OfModel & { readonly disabled: boolean }): void
  setFigures(
    of: OfModel & { readonly downloads?: number; readonly likes?: number; readonly trendingScore?: number },
  ): void
  /** A new commit on top of a branch, which is made where there is none; gives its 40 hex. */
  commit(options: CommitOptions): { readonly commit: string }
  /** Lets a ref name another commit, given by its 40 hex or another revision. */
  moveRef(of: OfModel & { readonly ref: string; readonly to: string }): void
  deleteRef(of: OfModel & { readonly ref: string }): void
  /** Its 40 hex, and those before it, newest first. */
  commits(of: OfModel & { readonly revision?: string }): string[]
}

export function createModelCalls(hub: Hub): ModelCalls {
  const change = (id: string, fields: Partial<EmulatedModel>): void => hub.models.change(modelOf(hub, id), fields)
  return {
    createModel(spec) {
      if (hub.models.find(spec.id)?.kind === 'model')
        throw new RangeError(`Cannot create model "${spec.id}": it is there already`)
      layModel(hub.models, spec)
    },
    deleteModel: ({ model }) => hub.models.delete(modelOf(hub, model)),
    rename({ model, to }) {
      if (hub.models.find(to)?.kind === 'model')
        throw new RangeError(`Cannot rename "${model}": "${to}" is there already`)
      hub.models.rename(modelOf(hub, model), to)
    },
    setGate({ model, gated, orgMembersGated }) {
      change(model, { gated, ...(orgMembersGated === undefined ? {} : { orgMembersGated }) })
    },
    setPrivate: ({ model, private: isPrivate }) => change(model, { isPrivate }),
    setDisabled: ({ model, disabled }) => change(model, { isDisabled: disabled }),
    setFigures: ({ model, ...figures }) => change(model, figures),
    commit: (options) => ({ commit: commitFiles(hub, options) }),
    moveRef({ model, ref, to }) {
      const found = modelOf(hub, model)
      setRef(hub, found, ref, revisionOf(hub, found, to))
    },
    deleteRef({ model, ref }) {
      const found = modelOf(hub, model)
      const repo = hub.models.repoOf(found)
      hub.models.change(found, { repo: { ...repo, refs: new Map([...repo.refs].filter(([name]) => name !== ref)) } })
    },
    commits({ model, revision = 'main' }) {
      const found = modelOf(hub, model)
      const { commits } = hub.models.repoOf(found)
      const ids: string[] = []
      for (let at: Commit | undefined = revisionOf(hub, found, revision); at; at = commits.get(at.parent ?? ''))
        ids.push(at.id)
      return ids
    },
  }
}

/** @throws {RangeError} where there is no such model */
export function modelOf({ models }: Hub, id: string): EmulatedModel {
  const found = models.find(id)
  if (found?.kind === 'model') return found.model
  const moved = found === undefined ? 'no such model' : `it is now "${found.id}"`
  throw new RangeError(`Cannot use model "${id}": ${moved}`)
}

function revisionOf({ models }: Hub, model: EmulatedModel, revision: string): Commit {
  const commit = findCommit(models.repoOf(model), revision)
  if (commit === undefined) throw new RangeError(`Cannot use "${revision}" of "${model.id}": no such revision`)
  return commit
}

function commitFiles(hub: Hub, { model: id, ref = MAIN, files, title = 'Change files' }: CommitOptions): string {
  const model = modelOf(hub, id)
  const parent = findCommit(hub.models.repoOf(model), ref) ?? findCommit(hub.models.repoOf(model), MAIN)
  const kept = parent?.files.filter(({ path }) => !(path in files)) ?? []
  const laid = Object.entries(files).flatMap(([path, spec]) => (spec === null ? [] : [repoFile(path, spec)]))
  const changed = [...kept, ...laid].toSorted(byPath)
  const commit: Commit = {
    id: commitIdOf(`${model.key} ${parent?.id} ${hub.models.repoOf(model).commits.size}`, changed),
    parent: parent?.id,
    title,
    date: hub.clock.now(),
    files: changed,
  }
  setRef(hub, model, ref, commit)
  return commit.id
}

function setRef(hub: Hub, model: EmulatedModel, ref: string, commit: Commit): void {
  const repo = hub.models.repoOf(model)
  const refs = new Map(repo.refs).set(ref, commit.id)
  const commits = new Map(repo.commits).set(commit.id, commit)
  hub.models.change(model, { repo: { refs, commits }, lastModified: hub.clock.now() })
}
