export interface SourceNote {
  readonly title: string
  readonly asOf?: string
}

const own: Readonly<Record<string, SourceNote>> = {
  seed: { title: "Hubgate's specification" },
  // No date: arithmetic is no look at the Hub, and must not make a record look fresh.
  derived: { title: 'arithmetic on the other facts of the record' },
  id: { title: 'stands in the name of the repository' },
}

/** What each evidence key means and how old it is. @throws when a key that is used is explained nowhere */
export function explainSources(readme: string, used: ReadonlySet<string>): Record<string, SourceNote> {
  const table = new Map<string, SourceNote>(Object.entries(own))
  for (const [, key = '', what = '', asOf = ''] of readme.matchAll(/^\| `([^`]+)` \| (.+?) \| (.+?) \|$/gm)) {
    if (table.has(key)) continue
    const date = /\d{4}(?:-\d\d)?(?:-\d\d)?/.exec(asOf)?.[0]
    table.set(key, { title: what.replaceAll('`', ''), ...(date === undefined ? {} : { asOf: date }) })
  }
  return Object.fromEntries(
    [...used].toSorted().map((key) => {
      const note = table.get(key) ?? copied(key)
      if (note === undefined) throw new Error(`Cannot curate: no source "${key}" is explained`)
      return [key, note]
    }),
  )
}

/** `base:<id>` was copied from that record. */
function copied(key: string): SourceNote | undefined {
  const [, id] = /^base:(.+)$/.exec(key) ?? []
  return id === undefined ? undefined : { title: `the same fact of ${id}` }
}
