import { randomBytes } from 'node:crypto'
import { mkdir, open, realpath, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { HubgateError } from '../../errors.ts'
import { makeFolder } from '../../util/make-folder.ts'

/**
 * Writes a file that only its owner may read (0600), whole or not at all: what is there stays until the new one is complete.
 * A folder that is missing is made for its owner alone (0700); one that is there keeps its mode, since others may share it.
 * @throws {HubgateError} `ERR_WRITE`
 */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  let scratch: string | undefined
  try {
    await makeFolder(path.dirname(file), (folder) => mkdir(folder, 0o700))
    const target = await followLinks(file)
    scratch = path.join(path.dirname(target), `.${path.basename(target)}.${randomBytes(6).toString('hex')}`)
    await writeNew(scratch, text)
    await rename(scratch, target)
  } catch (error) {
    // Not to be replaced by what removing it may say.
    if (scratch !== undefined) await rm(scratch, { force: true }).catch(() => undefined)
    throw writeError(error, file)
  }
}

/** @throws {HubgateError} `ERR_WRITE`, but not for a file that is gone already */
export async function removeFile(file: string): Promise<void> {
  try {
    await rm(file, { force: true })
  } catch (error) {
    throw writeError(error, file)
  }
}

/** Whoever keeps such a file elsewhere and leads here by a link keeps the link. */
async function followLinks(file: string): Promise<string> {
  try {
    return await realpath(file)
  } catch {
    return file
  }
}

async function writeNew(file: string, text: string): Promise<void> {
  await using handle = await open(file, 'wx', 0o600)
  await handle.writeFile(text)
  await handle.sync()
}

function writeError(error: unknown, file: string): HubgateError<'ERR_WRITE'> {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const reason = reasons[code] ?? (code || String(error))
  return new HubgateError('ERR_WRITE', `Cannot write ${file}: ${reason}`, { path: file, reason }, { cause: error })
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your share of the disk is used up',
  EISDIR: 'a folder is in its place',
  ENOTDIR: 'a file lies where a folder should be',
}
