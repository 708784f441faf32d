import { HubgateError } from '../errors.ts'
import { hasControlCharacters, stripControlCharacters } from '../util/control-characters.ts'

/**
 * Which names from a repo's listing may become names on a disk. Pure. One rule for all systems: a cache is copied from one
 * to another, and what one of them reads as two files another reads as one.
 */

const pathDangers = [
  'empty',
  'absolute',
  'drive letter',
  'parent folder',
  'empty part',
  'backslash',
  'control character',
  'not Unicode',
  'reserved name',
  'settings of git',
  'trailing dot or blank',
  'too long',
  'not for Windows',
  'listed twice',
  'differs only in case or accents',
  'both file and folder',
] as const
export type PathDanger = (typeof pathDangers)[number]

export interface SafePathOptions {
  /** As `process.platform` gives it: on `win32`, `: * ? " < > |` are refused as well. @default 'linux' */
  readonly platform?: string
}

/** What most file systems take for one name, in bytes of UTF-8. */
const MAX_PART_BYTES = 255
/** Leaves room for the cache's own folders below the 4096 of Linux. */
const MAX_PATH_BYTES = 2048
const reservedName = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00B9\u00B2\u00B3])(?:[ ]*\..*|[ ]*)$/i

/** As git itself compares them: HFS+ overlooks characters without width, and NTFS has a short name for it. @see git fsck, hasDotgit */
const gitFolder = /^(?:\.git|git~\d+)$/i
const withoutWidth = /[\u200B-\u200F\u2060-\u2064\u206A-\u206F\uFEFF]/g

/**
 * Why a path from outside must not be written, or `undefined` where it may.
 * @param filePath as the Hub lists it: relative, with `/`
 */
export function findPathDanger(filePath: string, options: SafePathOptions = {}): PathDanger | undefined {
  if (filePath === '') return 'empty'
  if (!filePath.isWellFormed()) return 'not Unicode'
  if (hasControlCharacters(filePath)) return 'control character'
  if (filePath.includes('\\')) return 'backslash'
  if (filePath.startsWith('/')) return 'absolute'
  if (/^[a-z]:/i.test(filePath)) return 'drive letter'
  if (filePath.length > MAX_PATH_BYTES / 4 && Buffer.byteLength(filePath) > MAX_PATH_BYTES) return 'too long'
  if (options.platform === 'win32' && /[:*?"<>|]/.test(filePath)) return 'not for Windows'
  for (const part of filePath.split('/')) {
    const danger = findPartDanger(part)
    if (danger !== undefined) return danger
  }
  return undefined
}

function findPartDanger(part: string): PathDanger | undefined {
  if (part === '') return 'empty part'
  if (part === '..' || part === '.') return 'parent folder'
  if (part.endsWith('.') || part.endsWith(' ')) return 'trailing dot or blank'
  if (reservedName.test(part)) return 'reserved name'
  if (gitFolder.test(part.replace(withoutWidth, ''))) return 'settings of git'
  return part.length > MAX_PART_BYTES / 4 && Buffer.byteLength(part) > MAX_PART_BYTES ? 'too long' : undefined
}

/** @throws {HubgateError} `ERR_UNSAFE_PATH` */
export function assertSafePath(filePath: string, options: SafePathOptions = {}): void {
  const danger = findPathDanger(filePath, options)
  if (danger !== undefined) refuse(filePath, danger)
}

/**
 * Holds a whole listing to the rules, and its paths to each other: none may meet another on a disk that ignores case or the
 * way accents are written, and none may be a file and a folder at once. Give it what will be written, not what is left out.
 * @throws {HubgateError} `ERR_UNSAFE_PATH`, naming the first path at fault
 */
export function assertSafePaths(filePaths: Iterable<string>, options: SafePathOptions = {}): void {
  const files = new Map<string, string>()
  const folders = new Set<string>()
  for (const filePath of filePaths) {
    assertSafePath(filePath, options)
    const key = collisionKey(filePath)
    const earlier = files.get(key)
    if (earlier === filePath) refuse(filePath, 'listed twice')
    if (earlier !== undefined) refuse(filePath, 'differs only in case or accents', earlier)
    files.set(key, filePath)
    addFolders(folders, key)
  }
  for (const folder of folders) {
    const file = files.get(folder)
    if (file !== undefined) refuse(file, 'both file and folder')
  }
}

/** Deepest first: where one is known, those above it are. */
function addFolders(folders: Set<string>, key: string): void {
  for (let end = key.lastIndexOf('/'); end > 0; end = key.lastIndexOf('/', end - 1)) {
    const folder = key.slice(0, end)
    if (folders.has(folder)) return
    folders.add(folder)
  }
}

/** Equal for paths that APFS, HFS+ or NTFS would take for one. Upper case first, so that `ß` meets `SS`. */
function collisionKey(filePath: string): string {
  // oxlint-disable-next-line no-control-regex -- plain ASCII is what it asks for
  if (/^[\u0000-\u007F]*$/.test(filePath)) return filePath.toLowerCase()
  return filePath.normalize('NFD').toUpperCase().toLowerCase().normalize('NFC')
}

function refuse(filePath: string, danger: PathDanger, other?: string): never {
  const shown = show(filePath)
  const why = other === undefined ? danger : `${danger} from "${show(other)}"`
  throw new HubgateError('ERR_UNSAFE_PATH', `Cannot write a file called "${shown}": ${why}`, {
    path: shown,
    danger: why,
  })
}

function show(filePath: string): string {
  return stripControlCharacters(filePath.toWellFormed()).slice(0, 300)
}
