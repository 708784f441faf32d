import { z } from 'zod'
import type { ListOrder, Place } from './order.ts'

const dateSorts: readonly string[] = ['createdAt', 'lastModified']
const cursorShape = z.object({ $or: z.array(z.record(z.string(), z.unknown())).min(1) })
const afterShape = z.object({ $gt: z.string() })

/** A key-set condition as the Hub writes it: what comes after this place. */
export function formatCursor(place: Place, { sort, isDescending }: ListOrder): string {
  const value = dateSorts.includes(sort) && place.value !== null ? new Date(place.value).toISOString() : place.value
  const same = { [sort]: value, _id: { $gt: place.key } }
  const later = { [sort]: { [isDescending ? '$lt' : '$gt']: value } }
  const without = isDescending ? [{ [sort]: null }] : []
  return Buffer.from(JSON.stringify({ $or: value === null ? [same] : [same, later, ...without] })).toString('base64')
}

/** The place in a cursor of this order; `undefined` for anything else. */
export function parseCursor(cursor: string, { sort }: ListOrder): Place | undefined {
  try {
    const [same = {}] = cursorShape.parse(JSON.parse(Buffer.from(cursor, 'base64').toString('utf8'))).$or
    const key = afterShape.parse(same['_id']).$gt
    const value = z.union([z.number(), z.string(), z.null()]).parse(same[sort])
    return { value: dateSorts.includes(sort) && typeof value === 'string' ? Date.parse(value) : value, key }
  } catch {
    return undefined
  }
}
