import { expect, test } from 'vitest'
import { readCuratedFile } from '../curate/curated-file.ts'
import { withMemory } from '../curate/curated-memory.ts'

const { models } = readCuratedFile()

test('the curated memory figures are what core/memory computes from the other facts', () => {
  expect(models.map((model) => withMemory(model).facts['memory'])).toEqual(models.map(({ facts }) => facts['memory']))
})

test('nearly every curated model has a memory figure, and those without tell no size', () => {
  const without = models.filter(({ facts }) => facts['memory'] === undefined)
  expect(without.length).toBeLessThan(5)
  for (const { facts } of without) expect(facts['params'] ?? facts['weightsBytes']).toBeUndefined()
})
