import { loadCurated } from './curated.ts'
import type { CuratedList } from './parse-curated.ts'

let loaded: CuratedList | undefined

/** The list shipped with this package, read once: it cannot change while we run. */
export function curatedList(): CuratedList {
  return (loaded ??= loadCurated())
}
