import { HubgateError } from '../errors.ts'

/** The error for a header that is not of its format, is cut off, or claims more than any real one has. */
export function headerError(
  format: 'GGUF' | 'safetensors' | 'config.json',
  reason: string,
  cause?: unknown,
): HubgateError<'ERR_FILE_HEADER'> {
  const options = cause === undefined ? {} : { cause }
  return new HubgateError('ERR_FILE_HEADER', `Cannot read the ${format} header: ${reason}`, { format, reason }, options)
}

/** The safetensors library refuses longer headers, and no GGUF header known comes near it. @see hub-protocol 9.5 */
export const MAX_HEADER_BYTES = 25_000_000
