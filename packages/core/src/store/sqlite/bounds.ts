import type { DatabaseSync } from 'node:sqlite'

export interface Bounds {
  readonly rows: number
  readonly bytes: number
}

/** Drops the oldest rows of a table that has `as_of` and `bytes`, until it is within its bounds. */
export function keepWithin(database: DatabaseSync, table: 'live_answer' | 'live_model', { rows, bytes }: Bounds): void {
  const held = database.prepare(`SELECT count(*) AS held_rows, sum(bytes) AS held_bytes FROM ${table}`).get()
  if (Number(held?.['held_rows']) <= rows && Number(held?.['held_bytes']) <= bytes) return
  database
    .prepare(
      `DELETE FROM ${table} WHERE rowid IN (
         SELECT place FROM (
           SELECT rowid AS place, row_number() OVER newest AS held_rows, sum(bytes) OVER newest AS held_bytes
           FROM ${table} WINDOW newest AS (ORDER BY as_of DESC, rowid DESC)
         ) WHERE held_rows > ? OR held_bytes > ?
       )`,
    )
    .run(rows, bytes)
}
