import { expect, test } from 'vitest'
import { startHubEmulator } from '../../src/start.ts'

type Options = NonNullable<Parameters<typeof startHubEmulator>[0]>
type Models = NonNullable<Options['models']>

async function headOf(model: Models[number], options: Options = {}): Promise<string> {
  await using hub = await startHubEmulator({ wellKnown: false, syntheticModels: 0, models: [model], ...options })
  const [head = ''] = hub.admin.commits({ model: model.id })
  const answer = (await (await fetch(`${hub.endpoint}/api/models/${model.id}`)).json()) as { sha: string }
  expect(answer.sha).toBe(head)
  expect(head).toMatch(/^[0-9a-f]{40}$/)
  return head
}

async function commitOf(text: string): Promise<string> {
  await using hub = await startHubEmulator({ wellKnown: false, syntheticModels: 0, models: [{ id: 'acme/made' }] })
  return hub.admin.commit({ model: 'acme/made', files: { 'a.txt': text } }).commit
}

test('a commit is named by its files: the same in every run, and another where one of them is', async () => {
  const files = { 'config.json': '{}', 'model.safetensors': { size: 1000 } }
  const head = await headOf({ id: 'acme/tiny', files })
  expect(await headOf({ id: 'acme/tiny', files })).toBe(head)
  const others: Models = [
    { id: 'acme/tiny', files: { ...files, 'config.json': '{"a":1}' } },
    { id: 'acme/tiny', files: { ...files, 'model.safetensors': { size: 1001 } } },
    { id: 'acme/tiny', files: { ...files, 'model.safetensors': { size: 1000, seed: 'other' } } },
    { id: 'acme/tiny', files: { ...files, 'model.safetensors': { size: 1000, announcedSize: 999 } } },
    { id: 'acme/tiny', files: { ...files, 'more.txt': '' } },
    { id: 'acme/other', files },
  ]
  const heads = await Promise.all(others.map((model) => headOf(model)))
  expect(new Set([head, ...heads]).size).toBe(others.length + 1)
})

test('so is that of a repo made from facts of its model, and of each commit on top', async () => {
  const head = await headOf({ id: 'acme/made', params: 1e6 })
  expect(await headOf({ id: 'acme/made', params: 1e6, likes: 7 })).toBe(head)
  expect(await headOf({ id: 'acme/made', params: 2e6 })).not.toBe(head)
  expect(await headOf({ id: 'acme/made', params: 1e6 }, { weightScale: 0.5 })).not.toBe(head)
  expect(await commitOf('one')).toBe(await commitOf('one'))
  expect(await commitOf('one')).not.toBe(await commitOf('two'))
})
