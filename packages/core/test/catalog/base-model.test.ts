import { expect, test } from 'vitest'
import { baseModelOf, baseModelTag, baseRelations } from '../../src/catalog/base-model.ts'

test.each([
  [['gguf', 'base_model:acme/tiny', 'base_model:quantized:acme/tiny'], 'acme/tiny', ['quantized']],
  [['base_model:acme/tiny'], 'acme/tiny', []],
  [['base_model:merge:acme/one', 'base_model:merge:acme/two'], 'acme/one', ['merge']],
])('baseModelOf() reads %j', (tags, id, relations) => {
  const base = baseModelOf(tags)
  expect([base?.id, [...(base?.relations ?? [])]]).toEqual([id, relations])
})

test.each([[[]], [['gguf']], [['base_model:']], [['base_model:invented:acme/tiny']], [['my_base_model:acme/tiny']]])(
  'baseModelOf() finds none in %j',
  (tags) => {
    expect(baseModelOf(tags)).toBeUndefined()
  },
)

test('baseModelTag() is what baseModelOf() reads', () => {
  for (const relation of baseRelations)
    expect(baseModelOf([baseModelTag(relation, 'acme/tiny')])).toEqual({
      id: 'acme/tiny',
      relations: new Set([relation]),
    })
})
