import { madeUpId } from '../files/hashes.ts'
import type { EmulatedModel, Repo } from './model.ts'
import { headOf, repoOf } from './repo.ts'
import type { SyntheticModels } from './synthetic.ts'

/** Repositories of computed models kept at hand: the ones a download is at. */
const KEPT_REPOS = 64

/** What an id leads to. */
export type Found =
  | { readonly kind: 'model'; readonly model: EmulatedModel }
  | { readonly kind: 'moved'; readonly id: string }

/** All models: some held and changeable, the synthetic ones computed from their row until something changes them. */
export class Models {
  readonly synthetic: SyntheticModels
  readonly #weightScale: number
  readonly #held = new Map<string, EmulatedModel>()
  /** Key by lower-case id, present and former. */
  readonly #ids = new Map<string, string>()
  readonly #former = new Map<string, string>()
  /** Keys ever given: a name that is taken again is another repo. */
  readonly #keys = new Set<string>()
  readonly #replacedRows = new Set<number>()
  readonly #repos = new Map<string, Repo>()

  constructor(synthetic: SyntheticModels, weightScale: number) {
    this.synthetic = synthetic
    this.#weightScale = weightScale
  }

  get held(): Iterable<EmulatedModel> {
    return this.#held.values()
  }

  /** Whether a synthetic row was changed or deleted, so that its computed form no longer counts. */
  isReplaced(row: number): boolean {
    return this.#replacedRows.has(row)
  }

  /** Ids are compared without case; the wrong case leads to the right one like a former name. */
  find(id: string): Found | undefined {
    const model = this.#present(id)
    if (model !== undefined) return model.id === id ? { kind: 'model', model } : { kind: 'moved', id: model.id }
    const moved = this.#held.get(this.#former.get(id.toLowerCase()) ?? '')
    return moved === undefined ? undefined : { kind: 'moved', id: moved.id }
  }

  #present(id: string): EmulatedModel | undefined {
    const held = this.#held.get(this.#ids.get(id.toLowerCase()) ?? '')
    if (held !== undefined) return held
    const row = this.synthetic.rowOf(id)
    return row === undefined || this.isReplaced(row) ? undefined : this.synthetic.modelAt(row)
  }

  /** 24 hex for a new repo of this name; the same ones in every run. */
  newKey(id: string): string {
    let key = madeUpId(`model ${id}`).slice(0, 24)
    while (this.#keys.has(key)) key = madeUpId(`model ${id} after ${key}`).slice(0, 24)
    return key
  }

  /** Adds a model, or puts a changed one in the place of the one with its key. */
  put(model: EmulatedModel): void {
    const before = this.#present(model.id)
    if (before !== undefined && before.key !== model.key) this.delete(before)
    this.#replace(model.key)
    this.#keys.add(model.key)
    this.#held.set(model.key, model)
    this.#ids.set(model.id.toLowerCase(), model.key)
    this.#former.delete(model.id.toLowerCase())
  }

  /** A change of the model's state leaves its commits as they are. */
  change(model: EmulatedModel, fields: Partial<EmulatedModel>): void {
    this.put({ ...model, repo: this.repoOf(model), ...fields })
  }

  rename(model: EmulatedModel, id: string): void {
    this.#ids.delete(model.id.toLowerCase())
    this.change(model, { id })
    this.addFormerId(model.id, model.key)
  }

  addFormerId(id: string, key: string): void {
    this.#former.set(id.toLowerCase(), key)
  }

  delete(model: EmulatedModel): void {
    this.#replace(model.key)
    this.#held.delete(model.key)
    this.#ids.delete(model.id.toLowerCase())
  }

  #replace(key: string): void {
    const row = this.synthetic.rowOfKey(key)
    if (row !== undefined) this.#replacedRows.add(row)
    this.#repos.delete(key)
  }

  /** The head of `main`, without laying out a single file. */
  headOf(model: EmulatedModel): string | undefined {
    return headOf(model, this.#weightScale)
  }

  repoOf(model: EmulatedModel): Repo {
    if (model.repo !== undefined) return model.repo
    const repo = this.#repos.get(model.key) ?? repoOf(model, this.#weightScale)
    // The one used last goes to the end, and the one not used for longest falls off.
    this.#repos.delete(model.key)
    this.#repos.set(model.key, repo)
    for (const key of this.#repos.keys()) {
      if (this.#repos.size <= KEPT_REPOS) break
      this.#repos.delete(key)
    }
    return repo
  }
}
