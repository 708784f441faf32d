import type { ByteCursor } from './byte-cursor.ts'
import { headerError } from './header-error.ts'

/** A value of a GGUF header. Of arrays of texts (the vocabulary) only the length is kept. */
export type GgufValue = number | boolean | string | readonly number[] | { readonly length: number }

const MAX_KEYS = 65_536
const MAX_KEY_BYTES = 65_535
/** A text longer than this (a chat template) is no fact about memory: it is passed over. */
const MAX_KEPT_TEXT = 1024
/** Per-layer figures are kept; token scores are not. */
const MAX_KEPT_NUMBERS = 4096
const MAX_NESTING = 3

/** GGUF value types by number. @see ggml/include/gguf.h, enum gguf_type */
const [BOOL, STRING, ARRAY] = [7, 8, 9]
const scalarBytes: readonly (number | undefined)[] = [1, 1, 2, 2, 4, 4, 4, 1, undefined, undefined, 8, 8, 8]

/** Reads the key-value section: `count` pairs, as the header claims. Version 1 has 32-bit lengths. */
export async function readMetadata(
  cursor: ByteCursor,
  count: number,
  version: number,
): Promise<ReadonlyMap<string, GgufValue>> {
  if (count > MAX_KEYS) throw headerError('GGUF', `it claims ${count} keys, more than ${MAX_KEYS}`)
  const metadata = new Map<string, GgufValue>()
  for (let index = 0; index < count; index++) {
    const key = await readText(cursor, version, MAX_KEY_BYTES)
    if (key === undefined) throw headerError('GGUF', 'a key of it is too long')
    await cursor.need(4)
    const value = await readValue(cursor, cursor.uint32(), version, 0)
    if (value !== undefined) metadata.set(key, value)
  }
  return metadata
}

async function readValue(
  cursor: ByteCursor,
  type: number,
  version: number,
  depth: number,
): Promise<GgufValue | undefined> {
  if (type === STRING) return readText(cursor, version, MAX_KEPT_TEXT)
  if (type === ARRAY) return readArray(cursor, version, depth)
  const size = scalarBytes[type]
  if (size === undefined) throw headerError('GGUF', `it has a value of the unknown type ${type}`)
  await cursor.need(size)
  return type === BOOL ? cursor.uint8() !== 0 : readNumber(cursor, type)
}

/** The text, or `undefined` when it is longer than what is kept. */
export async function readText(cursor: ByteCursor, version: number, maxKept: number): Promise<string | undefined> {
  const length = await readLength(cursor, version)
  if (length > maxKept) {
    cursor.skip(length)
    return undefined
  }
  await cursor.need(length)
  return cursor.text(length)
}

export async function readLength(cursor: ByteCursor, version: number): Promise<number> {
  await cursor.need(version === 1 ? 4 : 8)
  return version === 1 ? cursor.uint32() : cursor.uint64()
}

async function readArray(cursor: ByteCursor, version: number, depth: number): Promise<GgufValue> {
  if (depth >= MAX_NESTING) throw headerError('GGUF', `its arrays are nested more than ${MAX_NESTING} deep`)
  await cursor.need(4)
  const type = cursor.uint32()
  const length = await readLength(cursor, version)
  const size = scalarBytes[type]
  if (size === undefined) return skipArray(cursor, type, length, version, depth)
  if (length > MAX_KEPT_NUMBERS) {
    cursor.skip(length * size)
    return { length }
  }
  await cursor.need(length * size)
  return Array.from({ length }, () => readNumber(cursor, type))
}

/** Every element takes bytes, so the header limit ends this loop whatever length is claimed. */
async function skipArray(
  cursor: ByteCursor,
  type: number,
  length: number,
  version: number,
  depth: number,
): Promise<GgufValue> {
  for (let index = 0; index < length; index++) {
    if (type === STRING) {
      const waiting = skipText(cursor, version)
      if (waiting !== undefined) await waiting
    } else if (type === ARRAY) await readArray(cursor, version, depth + 1)
    else throw headerError('GGUF', `it has an array of the unknown type ${type}`)
  }
  return { length }
}

/** A vocabulary is hundreds of thousands of these: a promise is made only where bytes must come. */
function skipText(cursor: ByteCursor, version: number): Promise<void> | undefined {
  const size = version === 1 ? 4 : 8
  if (!cursor.has(size)) return cursor.need(size).then(() => skipText(cursor, version))
  cursor.skip(version === 1 ? cursor.uint32() : cursor.uint64())
  return undefined
}

function readNumber(cursor: ByteCursor, type: number): number {
  switch (type) {
    case 0:
    case BOOL:
      return cursor.uint8()
    case 1:
      return (cursor.uint8() << 24) >> 24
    case 2:
      return cursor.uint8() + 256 * cursor.uint8()
    case 3:
      return ((cursor.uint8() + 256 * cursor.uint8()) << 16) >> 16
    case 4:
      return cursor.uint32()
    case 5:
      return cursor.int32()
    case 6:
      return cursor.float32()
    case 10:
      return cursor.uint64()
    case 11:
      return cursor.int64()
    default:
      return cursor.float64()
  }
}
