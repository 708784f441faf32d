import { statSync } from 'node:fs'
import path from 'node:path'

/** What others than its owner may do with a secret file. */
export type Exposure = 'readable' | 'replaceable'

/**
 * Who but its owner gets at this file: others may read it, or put another one in its place. `undefined` where nobody may, where
 * there is no such file, and on Windows, where modes say nothing.
 */
export function exposureOf(file: string, platform: string): Exposure | undefined {
  if (platform === 'win32') return undefined
  const mode = modeOf(file)
  if (mode === undefined) return undefined
  if ((mode & 0o077) !== 0) return 'readable'
  const folderMode = modeOf(path.dirname(file)) ?? 0
  // In a sticky folder such as /tmp nobody replaces what is another's.
  return (folderMode & 0o002) !== 0 && (folderMode & 0o1000) === 0 ? 'replaceable' : undefined
}

function modeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.mode
}
