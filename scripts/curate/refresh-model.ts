import { factOf, liveRecord, type ModelFacts } from '@hubgate/core/catalog'
import type { HubModel } from '@hubgate/core/hub'
import type { CuratedFact, CuratedModel } from './curate-model.ts'

/** What only the Hub can say, and changes. Whatever else a record holds was researched, and is left to people. */
const REFRESHED = [
  'gated',
  'license',
  'licenseName',
  'pipelineTag',
  'library',
  'downloads',
  'likes',
  'createdAt',
  'lastModified',
] as const satisfies readonly (keyof ModelFacts)[]

/** Figures that change every day: counted, not told one by one. */
const FIGURES: readonly string[] = ['downloads', 'likes', 'lastModified', 'createdAt']

export interface Seen {
  readonly model: HubModel
  readonly renamedFrom: string | undefined
  readonly seenAt: Date
  /** Key of the evidence in the list's `sources`. */
  readonly source: string
}

export interface RefreshedModel {
  readonly model: CuratedModel
  /** For people, one line each. */
  readonly changes: readonly string[]
}

/** Pure: the record with what the Hub says now. A field the Hub does not mention stays as it was; a gate that changed goes to the history. */
export function refreshModel(known: CuratedModel, { model, renamedFrom, seenAt, source }: Seen): RefreshedModel {
  const live = liveRecord(model, seenAt)
  const facts: Record<string, CuratedFact> = { ...known.facts }
  const changes: string[] = []
  for (const field of REFRESHED) {
    const value = factOf(live, field)
    if (value === undefined) continue
    const before = known.facts[field]?.value
    facts[field] = { value, source }
    if (before !== value && !FIGURES.includes(field))
      changes.push(`${field}: ${JSON.stringify(before) ?? 'unknown'} -> ${JSON.stringify(value)}`)
  }
  changes.push(...doubts(known, factOf(live, 'params')))
  const isRenamed = renamedFrom !== undefined && model.id !== known.id
  if (isRenamed) changes.push(`renamed -> ${model.id}`)
  const formerIds = isRenamed ? [...(known.formerIds ?? []), known.id].filter((id) => id !== model.id) : known.formerIds
  const gateHistory = historyOf(known, facts['gated'])
  return {
    model: {
      id: model.id,
      ...(formerIds === undefined || formerIds.length === 0 ? {} : { formerIds }),
      facts,
      ...(gateHistory.length === 0 ? {} : { gateHistory }),
    },
    changes,
  }
}

type GateHistory = NonNullable<CuratedModel['gateHistory']>

function historyOf({ facts, gateHistory = [] }: CuratedModel, now: CuratedFact | undefined): GateHistory {
  const before = facts['gated']
  if (before === undefined || now === undefined || before.value === now.value) return gateHistory
  const { value, source, asOf } = before
  return [...gateHistory, { gated: value, ...(asOf === undefined ? {} : { asOf }), source }]
}

/** The memory label and others were computed from this count, so it is no figure to replace unseen. */
function doubts({ facts }: CuratedModel, counted: number | undefined): string[] {
  const params = facts['params']?.value
  if (typeof params !== 'number' || counted === undefined || Math.abs(counted / params - 1) <= 0.01) return []
  return [`parameters: the list says ${params}, the Hub counts ${counted}: left as it is, look at it by hand`]
}
