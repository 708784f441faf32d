import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type AccessAnswer, accessStates, nextStep } from '@hubgate/core/access'
import { liveRecord, type ModelRecord } from '@hubgate/core/catalog'
import { getDetails, HubClient } from '@hubgate/core/hub'
import { resolveSettings } from '@hubgate/core/settings'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { accessLines, renderAccessPage } from '../../src/views/access-page.ts'
import { accessColumns } from '../../src/views/access-table.ts'
import { jsonLine, jsonPage } from '../../src/views/json.ts'
import { renderMarkdown } from '../../src/views/markdown.ts'
import { renderModelPage } from '../../src/views/model-page.ts'
import { modelColumns } from '../../src/views/model-table.ts'
import { renderTable } from '../../src/views/table.ts'

const now = new Date('2026-11-01T00:00:00Z')
const plain = (text: string): string => text
// oxlint-disable-next-line no-control-regex -- they are what this looks for
const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/

const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '\u001b[2J\u001b[31m',
    '\u001b]0;title\u0007',
    'a\u202eb',
    '| x | <img src=x onerror=1>',
    '\r\nok',
    '通义',
  ),
)
const value = fc.oneof(nasty, fc.jsonValue(), fc.double(), fc.integer())
const model = fc.record(
  {
    gated: fc.oneof(value, fc.constantFrom(false, true, 'auto', 'manual')),
    author: value,
    tags: fc.array(
      fc.oneof(
        nasty,
        nasty.map((text) => `license:${text}`),
        nasty.map((text) => `base_model:${text}`),
      ),
    ),
    pipeline_tag: nasty,
    library_name: nasty,
    downloads: value,
    likes: value,
    safetensors: fc.record({ total: value, parameters: fc.dictionary(nasty, value) }),
    gguf: fc.record({ total: value, context_length: value, architecture: nasty }),
    cardData: fc.record({ license: value, license_name: value }),
    config: fc.record({ architectures: value, model_type: nasty }),
    lastModified: nasty,
    createdAt: nasty,
  },
  { requiredKeys: [] },
)

describe('what a Hub says of a model', () => {
  test('reaches no JSON with a control character in it, and stays what it is', () => {
    fc.assert(
      fc.property(fc.dictionary(nasty, value), (said) => {
        for (const json of [jsonLine(said), jsonPage(said)]) {
          for (const line of json.trimEnd().split('\n')) expect(line).not.toMatch(controls)
          expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(said)))
        }
        expect(jsonLine(said).split('\n')).toHaveLength(2)
      }),
      { examples: [[{ name: 'a\u202eb\u009b31m\u2028' }]] },
    )
  })

  test('reaches no view with a control character in it', async () => {
    let body = '{}'
    const server = createServer((_, response) => response.setHeader('content-type', 'application/json').end(body))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await using client = new HubClient(resolveSettings({ environment: { HF_ENDPOINT: endpoint } }))
    await fc.assert(
      fc.asyncProperty(model, async (fields) => {
        body = JSON.stringify({ id: 'a/b', ...fields })
        const record = liveRecord((await getDetails(client, 'a/b')).model, now)
        for (const line of viewsOf(record)) expect(line).not.toMatch(controls)
      }),
      { numRuns: 300 },
    )
    server.close()
  })

  test('nor does what it says of access', () => {
    fc.assert(
      fc.property(nasty, nasty, nasty, fc.constantFrom(...accessStates), (hubMessage, account, message, state) => {
        const answer: AccessAnswer = {
          id: 'a/b',
          renamedFrom: 'a/c',
          gated: 'auto',
          state,
          account,
          checkedAt: now.toISOString(),
          hubMessage,
          nextStep: nextStep(state, { modelId: 'a/b', suggestions: [message] }),
          previous: undefined,
          failure: { code: 'ERR_HUB_ANSWER', message },
        }
        const view = { now, paint: plain, width: 80, hasToken: true }
        const lines = [
          ...renderAccessPage(answer, view),
          ...accessLines(answer, view),
          ...renderTable(accessColumns(plain), [answer], 80, plain),
        ]
        for (const line of lines) expect(line).not.toMatch(controls)
      }),
    )
  })
})

function viewsOf(record: ModelRecord): string[] {
  return [
    ...renderTable(modelColumns(plain, now), [record], 120, plain),
    ...renderModelPage(record, { endpoint: 'https://huggingface.co', now, paint: plain }),
    ...renderMarkdown([record], now).split('\n'),
  ]
}
