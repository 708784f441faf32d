import { closeSync, openSync, renameSync } from 'node:fs'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import { HubgateError } from '../../errors.ts'
import { migrations } from './migrations.ts'
import { inTransaction } from './operations.ts'

/**
 * Brings the database to the version this Hubgate knows; several processes may try at once. A copy of what was there before is
 * kept beside it, named by its version.
 * @throws {HubgateError} `ERR_STORE_NEWER`, and nothing was touched
 */
export function migrate(database: DatabaseSync, path: string | undefined): void {
  const version = versionOf(database, path)
  if (version === migrations.length) return
  if (path !== undefined && version > 0) keepCopy(database, path)
  // All steps at once: the disk is waited for as often as there are transactions.
  inTransaction(database, () => {
    // Another process may have been faster.
    for (const sql of migrations.slice(versionOf(database, path))) database.exec(sql)
    database.exec(`PRAGMA user_version = ${migrations.length}`)
  })
}

/** @throws {HubgateError} `ERR_STORE_NEWER` */
function versionOf(database: DatabaseSync, path: string | undefined): number {
  const version = readVersion(database)
  if (version > migrations.length)
    throw new HubgateError(
      'ERR_STORE_NEWER',
      `Cannot use ${path}: a newer Hubgate made it (version ${version}, this one knows up to ${migrations.length})`,
      { path: path ?? ':memory:', version, supported: migrations.length },
    )
  return version
}

function readVersion(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
}

function keepCopy(database: DatabaseSync, path: string): void {
  const fresh = `${path}.copy-${process.pid}`
  // Made first, so that it is nobody else's to read from the start.
  closeSync(openSync(fresh, 'w', 0o600))
  database.prepare('VACUUM INTO ?').run(fresh)
  // Another process may have migrated meanwhile: the copy is named by what it is.
  const copy = new DatabaseSync(fresh, { readOnly: true })
  const version = readVersion(copy)
  copy.close()
  renameSync(fresh, `${path}.version-${version}`)
}
