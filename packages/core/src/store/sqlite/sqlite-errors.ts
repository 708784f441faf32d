import { HubgateError } from '../../errors.ts'

/** @see https://www.sqlite.org/rescode.html, primary codes */
const CORRUPT = 11
const NOT_A_DATABASE = 26
const reasons: Readonly<Record<number, readonly [reason: string, text: string]>> = {
  5: ['busy', 'another process holds it'],
  6: ['busy', 'another process holds it'],
  8: ['unwritable', 'it may not be written'],
  10: ['disk', 'the disk failed'],
  13: ['full', 'there is no space left'],
  14: ['unwritable', 'it cannot be opened'],
}

/** Is what lies on disk no database, or a damaged one? */
export function isCorruption(error: unknown): boolean {
  const code = primaryCode(error)
  return code === CORRUPT || code === NOT_A_DATABASE
}

/** A failure of the database or the file system as an error of ours; anything else stays what it is. */
export function storeError(error: unknown, path = 'the store'): unknown {
  if (!(error instanceof Error) || error instanceof HubgateError) return error
  const known = reasons[primaryCode(error) ?? 0] ?? fileReasons[fileCode(error) ?? '']
  if (known === undefined && primaryCode(error) === undefined && fileCode(error) === undefined) return error
  const [reason, text] = known ?? ['failed', error.message]
  return new HubgateError('ERR_STORE', `Cannot use ${path}: ${text}`, { path, reason }, { cause: error })
}

const fileReasons: Readonly<Record<string, readonly [reason: string, text: string]>> = {
  EACCES: ['unwritable', 'it may not be written'],
  EPERM: ['unwritable', 'it may not be written'],
  EROFS: ['unwritable', 'its disk may not be written'],
  ENOTDIR: ['unwritable', 'a file stands where its folder should be'],
  EEXIST: ['unwritable', 'a file stands where its folder should be'],
  EISDIR: ['unwritable', 'a folder stands in its place'],
  ENOSPC: ['full', 'there is no space left'],
}

function primaryCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode & 0xff
    : undefined
}

function fileCode(error: Error): string | undefined {
  return 'syscall' in error && 'code' in error ? String(error.code) : undefined
}
