import { HubgateError } from '@hubgate/core/errors'
import { expect, test } from 'vitest'
import { hintFor } from '../../src/views/errors.ts'

const refusal = { url: 'https://hub.test/x', hubCode: undefined, hubMessage: undefined, requestId: undefined }

test.each([
  ['a web page in place of data', new HubgateError('ERR_HUB_ANSWER', 'x', { url: 'x', reason: 'html' }), /sign-in/],
  ['an answer of another shape', new HubgateError('ERR_HUB_ANSWER', 'x', { url: 'x', reason: 'shape' }), /HF_ENDPOINT/],
  ["a Hub's own failure", new HubgateError('ERR_HUB_STATUS', 'x', { ...refusal, status: 503 }), /try again later/],
])('hintFor() says what to do about %s', (_, error, hint) => {
  expect(hintFor(error)).toMatch(hint)
  // The doctor shows the same hints.
  expect(hintFor(error)).not.toContain('doctor')
})
