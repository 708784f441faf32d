/**
 * Reads parts of one file, wherever it is: on the Hub by ranges (`openRangeReader`), on disk (`openFileReader`), in memory.
 * Calls may overlap. A read that cannot be done rejects with the error of whoever does the reading.
 */
export interface ByteReader {
  readonly sizeBytes: number
  /** The bytes from `start` to before `end`; fewer where the file ends earlier. */
  read(start: number, end: number): Promise<Uint8Array>
}

/** A reader of bytes that are here already. */
export function bytesReader(bytes: Uint8Array): ByteReader {
  return { sizeBytes: bytes.byteLength, read: (start, end) => Promise.resolve(bytes.subarray(start, end)) }
}
