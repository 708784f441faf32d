/** How a model came from another. Only the first has the same weights, in another number format. */
export const baseRelations = ['quantized', 'finetune', 'adapter', 'merge'] as const
export type BaseRelation = (typeof baseRelations)[number]

export interface BaseModel {
  /** The first that is named: a merge has several. */
  readonly id: string
  /** What the Hub says of it, which may be nothing. */
  readonly relations: ReadonlySet<BaseRelation>
}

const form = new RegExp(`^base_model:(?:(${baseRelations.join('|')}):)?([^:]+)$`)

/** What a model was made from, as the Hub says in its tags: `base_model:org/name`, `base_model:quantized:org/name`. */
export function baseModelOf(tags: readonly string[]): BaseModel | undefined {
  const named = tags.flatMap((tag) => {
    const [, relation, id] = form.exec(tag) ?? []
    return id === undefined ? [] : [{ id, relation: baseRelations.find((known) => known === relation) }]
  })
  const [first] = named
  return first && { id: first.id, relations: new Set(named.flatMap(({ relation }) => relation ?? [])) }
}

/** The tag of those that were made so from that model. */
export function baseModelTag(relation: BaseRelation, id: string): string {
  return `base_model:${relation}:${id}`
}
