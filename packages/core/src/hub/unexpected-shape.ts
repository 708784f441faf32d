import { HubgateError } from '../errors.ts'
import type { HubAnswer } from './answer.ts'

/** For JSON that is none of what was asked for. @param expected `a list of models` */
export function unexpectedShape({ url }: HubAnswer, expected: string): HubgateError<'ERR_HUB_ANSWER'> {
  const message = `Cannot read the Hub's answer: expected ${expected}`
  return new HubgateError('ERR_HUB_ANSWER', message, { url, reason: 'shape' })
}
