import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { accessStates } from '../../src/access/access-state.ts'
import type { GatedStatus } from '../../src/access/gated.ts'
import { readRefusal } from '../../src/access/read-refusal.ts'
import type { HubRefusal } from '../../src/errors.ts'

const id = 'acme/tiny-8b'
const refusal = (status: number, hubCode?: string, hubMessage?: string): HubRefusal => ({
  url: `https://huggingface.co/api/models/${id}/auth-check`,
  status,
  hubCode,
  hubMessage,
  requestId: undefined,
})
const asked = `Access to model ${id} is restricted and you are not in the authorized list. Visit https://huggingface.co/${id} to ask for access.`

describe('readRefusal()', () => {
  // The sentences of hub-protocol 4.2 and 0.3, byte for byte.
  test.each([
    [
      'sign-in',
      'auto',
      refusal(
        401,
        'GatedRepo',
        `Access to model ${id} is restricted. You must have access to it and be authenticated to access it. Please log in.`,
      ),
    ],
    // The code is often absent (0.2): the words still tell this gate from a missing model.
    [
      'sign-in',
      'manual',
      refusal(
        401,
        undefined,
        `Access to model ${id} is restricted. You must have access to it and be authenticated to access it. Please log in.`,
      ),
    ],
    ['terms', 'auto', refusal(403, 'GatedRepo', asked)],
    ['approval', 'manual', refusal(403, 'GatedRepo', asked)],
    ['approval', true, refusal(403, 'GatedRepo', asked)],
    ['approval', null, refusal(403, 'GatedRepo', asked)],
    [
      'pending',
      'manual',
      refusal(403, 'GatedRepo', `Your request to access model ${id} is awaiting a review from the repo authors.`),
    ],
    [
      'rejected',
      'manual',
      refusal(403, 'GatedRepo', `Your request to access model ${id} has been rejected by the repo's authors.`),
    ],
    [
      'reset',
      'auto',
      refusal(
        403,
        'GatedRepo',
        `Your request to access model ${id} has been reset by the repo's authors. Visit https://huggingface.co/${id} to submit a new request.`,
      ),
    ],
    [
      'token-scope',
      'auto',
      refusal(
        403,
        undefined,
        'Please enable access to public gated repositories in your fine-grained token settings to view this repository.',
      ),
    ],
    ['token-invalid', 'auto', refusal(401, undefined, 'Invalid credentials in Authorization header')],
    ['hidden', null, refusal(401, undefined, 'Invalid username or password.')],
    ['hidden', null, refusal(404, 'RepoNotFound', 'Repository not found')],
    ['disabled', null, refusal(403, undefined, 'Access to this resource is disabled.')],
    ['unknown', 'manual', refusal(403, 'GatedRepo', 'Diese Anfrage wird noch bearbeitet.')],
    ['unknown', 'manual', refusal(403, undefined, 'Your token has been revoked by the organization administrator')],
    ['unknown', 'manual', refusal(451, undefined, 'Unavailable For Legal Reasons')],
  ] as [string, GatedStatus | null, HubRefusal][])('reads %s behind the gate %s', (state, gated, said) => {
    expect(readRefusal(said, gated)).toBe(state)
  })

  test('is not misled by the name of a model', () => {
    const name = 'acme/has-been-rejected-awaiting-a-review'
    expect(
      readRefusal(
        refusal(403, 'GatedRepo', `Access to model ${name} is restricted and you are not in the authorized list.`),
        'auto',
      ),
    ).toBe('terms')
  })

  test('makes a state of any refusal', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 300, max: 599 }),
        fc.option(fc.string(), { nil: undefined }),
        fc.string(),
        (status, code, message) => {
          const state = readRefusal(refusal(status, code, message), 'auto')
          expect(accessStates).toContain(state)
          expect(['public', 'granted']).not.toContain(state)
        },
      ),
    )
  })
})
