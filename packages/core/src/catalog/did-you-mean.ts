import { distance } from 'fastest-levenshtein'

const MAX_SUGGESTIONS = 3

/**
 * Ids that a mistyped one may have meant, nearest first. Compares the name apart from its owner, so that a forgotten or wrong
 * owner still leads home.
 */
export function suggestIds(input: string, knownIds: Iterable<string>): string[] {
  const wanted = input.toLowerCase()
  const wantedName = wanted.split('/').at(-1) ?? wanted
  const scored: { id: string; score: number }[] = []
  for (const id of knownIds) {
    const known = id.toLowerCase()
    const knownName = known.split('/').at(-1) ?? known
    // A wrong owner costs a little, so that the right owner comes first among equal names.
    const byName = distance(wantedName, knownName) + (wanted.includes('/') ? 0.5 : 0)
    const score = Math.min(distance(wanted, known), byName)
    if (score <= Math.max(2, Math.min(wantedName.length, knownName.length) * 0.3)) scored.push({ id, score })
  }
  return scored
    .toSorted((a, b) => a.score - b.score || (a.id < b.id ? -1 : 1))
    .slice(0, MAX_SUGGESTIONS)
    .map(({ id }) => id)
}
