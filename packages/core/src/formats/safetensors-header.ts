import { isObject } from '../util/json.ts'
import type { ByteReader } from './byte-reader.ts'
import { headerError, MAX_HEADER_BYTES } from './header-error.ts'
import { parseBoundedJson } from './parse-bounded-json.ts'

/** What the header of one safetensors file says of its tensors, summed up. */
export interface SafetensorsHeader {
  readonly tensors: number
  /** Bytes of all tensors. */
  readonly tensorBytes: number
  /** Stored elements by dtype: packed words count as elements. */
  readonly paramsByDtype: Readonly<Record<string, number>>
}

/** Four members a tensor and the numbers in its arrays: a header of 25 MB with names of usual length has a quarter of this. */
const limits = { bytes: MAX_HEADER_BYTES, depth: 4, members: 3_000_000 } as const
const LENGTH_BYTES = 8
/** Read in the first request: most headers end before. */
const FIRST_READ = 128 * 1024
const MAX_ELEMENTS = 2 ** 50

/**
 * Reads the header of a safetensors file: one read for most, two for long ones. The tensors themselves are not touched.
 * @throws {HubgateError} `ERR_FILE_HEADER` when it is no safetensors file, or its header claims what cannot be
 */
export async function readSafetensorsHeader(reader: ByteReader): Promise<SafetensorsHeader> {
  const first = await reader.read(0, Math.min(reader.sizeBytes, FIRST_READ))
  const length = headerLength(first, reader.sizeBytes)
  const end = LENGTH_BYTES + length
  const bytes = end <= first.byteLength ? first.subarray(LENGTH_BYTES, end) : await reader.read(LENGTH_BYTES, end)
  if (bytes.byteLength < length) throw headerError('safetensors', 'the file ends before its header does')
  return sumUp(parse(bytes), reader.sizeBytes - end)
}

function headerLength(first: Uint8Array, sizeBytes: number): number {
  if (first.byteLength < LENGTH_BYTES) throw headerError('safetensors', 'the file is shorter than a header')
  const length = new DataView(first.buffer, first.byteOffset).getBigUint64(0, true)
  if (length > BigInt(MAX_HEADER_BYTES))
    throw headerError('safetensors', `it claims to be ${length} bytes long, more than ${MAX_HEADER_BYTES}`)
  if (Number(length) + LENGTH_BYTES > sizeBytes)
    throw headerError('safetensors', 'it claims to be longer than the file')
  return Number(length)
}

function parse(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const header = parseBoundedJson(bytes, limits)
    if (isObject(header)) return header
  } catch (error) {
    throw headerError('safetensors', error instanceof Error ? error.message : 'it cannot be parsed', error)
  }
  throw headerError('safetensors', 'it is no JSON object')
}

function sumUp(header: Readonly<Record<string, unknown>>, dataBytes: number): SafetensorsHeader {
  const counts = new Map<string, number>()
  let [tensors, tensorBytes] = [0, 0]
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue
    const { dtype, elements, bytes } = readTensor(entry, dataBytes)
    counts.set(dtype, (counts.get(dtype) ?? 0) + elements)
    tensorBytes += bytes
    tensors++
  }
  // Tensors do not overlap, so together they cannot be longer than the data.
  if (tensorBytes > dataBytes) throw headerError('safetensors', 'its tensors are longer than the file')
  return { tensors, tensorBytes, paramsByDtype: Object.fromEntries(counts) }
}

function readTensor(entry: unknown, dataBytes: number): { dtype: string; elements: number; bytes: number } {
  const { dtype, shape, data_offsets: offsets } = isObject(entry) ? entry : {}
  const [start, end] = Array.isArray(offsets) ? (offsets as unknown[]) : []
  if (typeof dtype !== 'string' || !/^[A-Z][A-Z\d_]{0,15}$/.test(dtype) || !Array.isArray(shape) || shape.length > 16)
    throw headerError('safetensors', 'an entry of it is no tensor')
  if (!isWhole(start) || !isWhole(end) || end < start || end > dataBytes)
    throw headerError('safetensors', 'a tensor lies outside of the file')
  const elements = (shape as unknown[]).reduce<number>(
    (product, size) => product * (isWhole(size) ? size : Number.NaN),
    1,
  )
  if (!(elements <= MAX_ELEMENTS)) throw headerError('safetensors', 'the shape of a tensor cannot be')
  return { dtype, elements, bytes: end - start }
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
