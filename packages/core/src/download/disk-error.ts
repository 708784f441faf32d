import { hasSystemCode } from '../cache/system-code.ts'
import { HubgateError } from '../errors.ts'

/** What the system says of a disk that does not take what is written, in words. */
const reasons: Readonly<Record<string, string>> = {
  EIO: 'the disk reports an error; it may be failing',
  EROFS: 'it can only be read',
  EACCES: 'its permissions do not allow it',
  EPERM: 'the system does not allow it',
  ENOENT: 'something else removed, again and again, what was on its way',
  ENOTDIR: 'a file lies where a folder is needed',
  EEXIST: 'a file lies where a folder is needed',
  EISDIR: 'a folder lies where a file is needed',
  ELOOP: 'a link lies where a file is needed',
  ENAMETOOLONG: 'the path is longer than its file system takes',
  EFBIG: 'the file is larger than its file system can hold',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open on this machine',
  ESTALE: 'the network drive was unmounted or changed',
  ENXIO: 'the drive is gone',
  ENODEV: 'the drive is gone',
}

/** What the disk said in the middle of a download, in our words; anything else as it is. */
export function asDiskError(error: unknown, folder: string): unknown {
  if (hasSystemCode(error, ['ENOSPC', 'EDQUOT'])) {
    const message = `Cannot go on: the disk of ${folder} is full. What came is kept`
    const details = { folder, neededBytes: undefined, freeBytes: undefined }
    return new HubgateError('ERR_NO_SPACE', message, details, { cause: error })
  }
  const code = Object.keys(reasons).find((known) => hasSystemCode(error, [known]))
  const reason = code === undefined ? undefined : reasons[code]
  if (code === undefined || reason === undefined) return error
  const kept = code === 'ENOENT' ? '' : '. What came is kept'
  const step = 'put that right, or the files elsewhere (HF_HUB_CACHE, --local-dir), and run it again'
  const place = placeOf(error) ?? `below ${folder}`
  const message = `Cannot write ${place}: ${reason} (${code})${kept}; ${step}`
  return new HubgateError('ERR_WRITE', message, { path: folder, reason }, { cause: error })
}

/** Where it went wrong, where the system says so: of two paths it is the one that was to be made. */
function placeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('dest' in error && typeof error.dest === 'string') return error.dest
  return 'path' in error && typeof error.path === 'string' ? error.path : undefined
}
