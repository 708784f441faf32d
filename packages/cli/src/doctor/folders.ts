import { accessSync, constants, existsSync, statSync } from 'node:fs'
import path from 'node:path'
import type { Check } from './checkup.ts'
import { type Finding, isWell, worthKnowing } from './finding.ts'

export const folders: Check = {
  name: 'folders',
  look({ settings }) {
    const { hubgateHome, hubCache } = settings.folders
    return [
      lookAt(
        'hubgate home',
        hubgateHome,
        'without it nothing is remembered; set HUBGATE_HOME to a folder you may write to',
      ),
      lookAt('hub cache', hubCache, 'nothing can be fetched into it; set HF_HUB_CACHE to a folder you may write to'),
    ]
  },
}

/** A folder may be made later, so what counts is the nearest one above it that exists. */
function lookAt(name: string, folder: string, remedy: string): Finding {
  let existing = folder
  while (!existsSync(existing) && path.dirname(existing) !== existing) existing = path.dirname(existing)
  try {
    accessSync(existing, constants.W_OK)
    if (!statSync(existing).isDirectory()) throw new Error('not a folder')
    return isWell(name, existing === folder ? folder : `${folder} (not made yet)`)
  } catch {
    return worthKnowing(name, `${folder} cannot be written to`, remedy)
  }
}
