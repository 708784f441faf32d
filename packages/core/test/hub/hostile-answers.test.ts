import type { ServerResponse } from 'node:http'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { accessStates } from '../../src/access/access-state.ts'
import { createAccessChecker } from '../../src/access/check/checker.ts'
import { HubgateError } from '../../src/errors.ts'
import { HubClient } from '../../src/hub/client.ts'
import { listModels } from '../../src/hub/list-models.ts'
import { getDetails } from '../../src/hub/model-details.ts'
import { getRefs } from '../../src/hub/refs.ts'
import { listTree } from '../../src/hub/tree.ts'
import { askWhoami } from '../../src/hub/whoami.ts'
import { hasControlCharacters } from '../../src/util/control-characters.ts'
import { startLocalHub } from './local-hub.ts'

const TOKEN = 'hf_test_hostile'

/** Text as an attacker writes it: escapes, right-to-left marks, HTML, paths, the token itself. */
const nasty = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '\u001b[2J',
    '\u001b]0;x\u0007',
    '\u202e',
    '<script>',
    '../../etc/passwd',
    `Bearer ${TOKEN}`,
    'a/b',
    '__proto__',
  ),
)
const value = fc.oneof(fc.jsonValue(), nasty, fc.double(), fc.constant(1e308), fc.constant(-1))
const row = fc.dictionary(
  fc.oneof(
    nasty,
    fc.constantFrom(
      'id',
      'gated',
      'private',
      'disabled',
      'tags',
      'downloads',
      'safetensors',
      'gguf',
      'config',
      'cardData',
      'siblings',
      'path',
      'oid',
      'size',
      'type',
      'lfs',
      'name',
      'auth',
      'orgs',
      'branches',
      'error',
    ),
  ),
  value,
)
const body = fc.oneof(
  row.map((fields) => JSON.stringify({ id: 'a/b', ...fields })),
  fc.array(row).map((rows) => JSON.stringify(rows)),
  value.map((any) => JSON.stringify(any)),
  fc.constantFrom('', '<!doctype html>', '{"id":', '[[[[', 'OK'),
)
const headerText = fc.string({ unit: fc.constantFrom(...Array.from('aZ0"; =,<>?&%:/-_.\t\u00e9')) })
const headers = fc.record(
  {
    ratelimit: fc.oneof(headerText, fc.constantFrom('"api";r=0;t=0', '"api";r=-1;t=99999999999999', '"api";r=5;t=1')),
    'ratelimit-policy': headerText,
    link: fc.oneof(
      headerText,
      fc.constantFrom('<http://127.0.0.1:1/x>; rel="next"', '</api/models?cursor=1>; rel="next"', '<>; rel="next"'),
    ),
    'x-error-code': fc.oneof(headerText, fc.constantFrom('GatedRepo', 'RepoNotFound', 'RevisionNotFound')),
    'x-error-message': headerText,
    'retry-after': fc.oneof(fc.constant('0'), headerText),
    etag: headerText,
    location: fc.oneof(
      headerText,
      fc.constantFrom('http://127.0.0.1:1/', '//evil.example/', '/api/models/a/b', 'javascript:alert(1)'),
    ),
    'content-encoding': fc.constantFrom('gzip', 'identity', 'br'),
  },
  { requiredKeys: [] },
)
const status = fc.constantFrom(200, 200, 200, 204, 301, 307, 401, 403, 404, 418, 451)

describe('whatever a Hub answers', () => {
  test('each call gives a value or a typed error: no crash, no token, no control character', async () => {
    let answer = refuse
    await using hub = await startLocalHub((_, response) => answer(response))
    await using client = new HubClient(hub.settings({ HF_TOKEN: TOKEN }), { maxWaitMs: 0 })
    const calls: (() => Promise<unknown>)[] = [
      () => getDetails(client, 'a/b'),
      () => listModels(client, { limit: 2 }).next(),
      () => listTree(client, 'a/b').next(),
      () => getRefs(client, 'a/b'),
      () => askWhoami(client),
    ]
    await fc.assert(
      fc.asyncProperty(body, headers, status, fc.nat(calls.length - 1), async (text, given, code, which) => {
        answer = (response) => send(response, text, given, code)
        const outcome = await calls[which]!().catch((error: unknown) => error)
        if (!(outcome instanceof Error)) return
        expect(outcome).toBeInstanceOf(HubgateError)
        expect(hasControlCharacters(outcome.message)).toBe(false)
        expect(outcome.message).not.toContain(TOKEN)
      }),
      { numRuns: 1500, interruptAfterTimeLimit: 10_000 },
    )
  })

  test('an access check always ends in one of the thirteen states', async () => {
    let answer = refuse
    await using hub = await startLocalHub((_, response) => answer(response))
    await using client = new HubClient(hub.settings({ HF_TOKEN: TOKEN }), { maxWaitMs: 0 })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(body, headers, status), { minLength: 1, maxLength: 4 }), async (script) => {
        let next = 0
        answer = (response) => {
          const [text, given, code] = script[next++ % script.length]!
          send(response, text, given, code)
        }
        const found = await createAccessChecker({ client }).check('a/b')
        expect(accessStates).toContain(found.state)
        expect(hasControlCharacters(found.hubMessage ?? '')).toBe(false)
        expect(JSON.stringify(found)).not.toContain(TOKEN)
      }),
      { numRuns: 300, interruptAfterTimeLimit: 10_000 },
    )
  })
})

function refuse(response: ServerResponse): void {
  response.writeHead(500).end()
}

function send(response: ServerResponse, text: string, given: Record<string, string | undefined>, code: number): void {
  response.statusCode = code
  for (const [name, text] of Object.entries(given)) {
    try {
      if (text !== undefined) response.setHeader(name, text)
    } catch {
      // Node does not send every header that a text could make.
    }
  }
  response.end(code === 204 ? undefined : text)
}
