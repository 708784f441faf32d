import { mergeRecords } from './merge.ts'
import type { ModelRecord } from './record.ts'

/** One record a model: records of the same id, or of a former id of it, become one. */
export function mergeById(records: readonly ModelRecord[]): ModelRecord[] {
  const keys = new Map<string, string>()
  const merged = new Map<string, ModelRecord>()
  for (const record of records) {
    const names = [record.id, ...record.formerIds].map((id) => id.toLowerCase())
    const key = names.map((name) => keys.get(name)).find((known) => known !== undefined) ?? names[0] ?? ''
    const known = merged.get(key)
    const next = known === undefined ? record : mergeRecords(known, record)
    merged.set(key, next)
    for (const name of [next.id, ...next.formerIds, ...names]) keys.set(name.toLowerCase(), key)
  }
  return [...merged.values()]
}
