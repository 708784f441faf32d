import { HubgateError } from '../errors.ts'
import type { TransferFile } from './transfer.ts'

export function integrityError({ path, etag }: TransferFile, actual: string): HubgateError<'ERR_INTEGRITY'> {
  const message = `Cannot keep ${path}: its bytes are not those the Hub announced, twice in a row`
  return new HubgateError('ERR_INTEGRITY', message, { path, expected: etag, actual })
}
