import { type Fact, type GateObservation, type ModelFacts, type ModelRecord, recordSources } from './record.ts'

/**
 * One record of two that speak of the same model: fact by fact the newer one stays; of two as new, the live one before the
 * indexed one before the curated one. Neither record is changed. The order of the two does not matter.
 */
export function mergeRecords(one: ModelRecord, other: ModelRecord): ModelRecord {
  const facts: Record<string, Fact<unknown>> = { ...one.facts }
  for (const [field, fact] of Object.entries(other.facts)) {
    const known = facts[field]
    if (known === undefined || isFresher(fact, known)) facts[field] = fact
  }
  const newest = oneIsNewer(one, other) ? one : other
  return {
    // After a rename the two differ: the name seen last is the present one.
    id: newest.id,
    formerIds: [...new Set([...one.formerIds, ...other.formerIds, one.id, other.id])]
      .filter((id) => id.toLowerCase() !== newest.id.toLowerCase())
      .toSorted(),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each field came from a record's field of that name
    facts: facts,
    gateHistory: mergeGateHistory(one, other),
  }
}

/** The newest moment at which anything of this record was observed. */
export function recordAsOf(record: ModelRecord): string | undefined {
  return newestMoment(Object.values(record.facts).map((fact) => fact.asOf))
}

/** Where the freshest part of a record came from. */
export function recordSource(record: ModelRecord): (typeof recordSources)[number] {
  const ranks = Object.values(record.facts).map((fact) => recordSources.indexOf(fact.source))
  return recordSources[Math.max(0, ...ranks)] ?? 'curated'
}

/** Moments as ISO 8601 texts of any length compare as texts: a mere year counts as its first instant. */
function isFresher(fact: Fact<unknown>, known: Fact<unknown>): boolean {
  const [a, b] = [fact.asOf ?? '', known.asOf ?? '']
  return a === b ? recordSources.indexOf(fact.source) > recordSources.indexOf(known.source) : a > b
}

function oneIsNewer(one: ModelRecord, other: ModelRecord): boolean {
  const [a, b] = [recordAsOf(one) ?? '', recordAsOf(other) ?? '']
  return a === b ? one.id <= other.id : a > b
}

/** Every gate ever seen, and, where a newer gate now stands in the facts, the one it replaced. */
function mergeGateHistory(one: ModelRecord, other: ModelRecord): GateObservation[] {
  const [a, b] = [one.facts.gated, other.facts.gated]
  const replaced = a && b && a.value !== b.value ? [isFresher(a, b) ? b : a] : []
  const seen = [
    ...one.gateHistory,
    ...other.gateHistory,
    ...replaced.map(({ value, asOf, evidence, source }) => ({ gated: value, asOf, evidence: evidence ?? source })),
  ]
  const unique = new Map(seen.map((entry) => [`${entry.gated} ${entry.asOf} ${entry.evidence}`, entry]))
  return [...unique.values()].toSorted(
    (x, y) =>
      compareTexts(x.asOf ?? '', y.asOf ?? '') ||
      compareTexts(x.evidence, y.evidence) ||
      compareTexts(`${x.gated}`, `${y.gated}`),
  )
}

function newestMoment(moments: readonly (string | undefined)[]): string | undefined {
  return moments.reduce((newest, moment) => ((moment ?? '') > (newest ?? '') ? moment : newest), undefined)
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The value of a fact, `undefined` where it is unknown. */
export function factOf<K extends keyof ModelFacts>(record: ModelRecord, field: K): ModelFacts[K] | undefined {
  return record.facts[field]?.value
}
