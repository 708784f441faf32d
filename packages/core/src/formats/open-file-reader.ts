import { open } from 'node:fs/promises'
import type { ByteReader } from './byte-reader.ts'

export type FileReader = ByteReader & AsyncDisposable

/**
 * Opens a file on disk for reading by parts.
 * @throws what the file system throws
 * @example await using reader = await openFileReader('model.gguf')
 */
export async function openFileReader(path: string): Promise<FileReader> {
  const handle = await open(path, 'r')
  try {
    const { size } = await handle.stat()
    return {
      sizeBytes: size,
      async read(start, end) {
        const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start))
        const { bytesRead } = await handle.read(bytes, 0, bytes.byteLength, start)
        return bytes.subarray(0, bytesRead)
      },
      [Symbol.asyncDispose]: () => handle.close(),
    }
  } catch (error) {
    await handle.close()
    throw error
  }
}
