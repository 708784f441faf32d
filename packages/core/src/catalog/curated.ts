import { readFileSync } from 'node:fs'
import { HubgateError } from '../errors.ts'
import { type CuratedList, parseCurated } from './parse-curated.ts'

/**
 * Reads the curated list.
 * @param location @default the file shipped with this package
 * @throws {HubgateError} `ERR_CURATED_DATA` when it is missing or damaged
 */
export function loadCurated(
  location: URL = new URL(import.meta.resolve('@hubgate/core/data/curated.json')),
): CuratedList {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(location, 'utf8'))
  } catch (error) {
    throw new HubgateError(
      'ERR_CURATED_DATA',
      'Cannot read the curated list: it is missing or not valid JSON',
      { reason: 'json' },
      { cause: error },
    )
  }
  return parseCurated(value)
}
