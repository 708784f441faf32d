import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Folders, resolveFolders } from '../../../src/settings/folders.ts'

/** The folders of somebody who has just come: a home of their own with nothing in it. */
export function temporaryFolders(): Folders & Disposable {
  const homeFolder = mkdtempSync(path.join(tmpdir(), 'hubgate-settings-'))
  return {
    ...resolveFolders({ environment: {}, platform: 'linux', homeFolder }),
    [Symbol.dispose]: () => rmSync(homeFolder, { recursive: true, force: true }),
  }
}
