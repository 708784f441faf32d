import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'

/** One folder for all that a run of the tests leaves behind in temporary folders: it goes with the run. */
export function setup(): () => void {
  const folder = mkdtempSync(path.join(tmpdir(), 'hubgate-test-'))
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = folder
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}
