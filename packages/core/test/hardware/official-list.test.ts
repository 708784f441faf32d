import { SKUS } from '@huggingface/tasks'
import { expect, test } from 'vitest'
import { findKnownGpu } from '../../src/hardware/find-gpu.ts'
import { knownGpus } from '../../src/hardware/known-gpus.ts'

/** Where the two differ, and why ours stands. */
const explained: Readonly<Record<string, string>> = {
  A100: 'ours has an entry for each size, whose bandwidths differ',
  'RTX A5000': 'theirs lumps laptop chips of 8 and 12 GB in',
  'RTX 3060': 'theirs has the rare one of 8 GB, with less bandwidth, under the same name',
  'RTX 2080 Ti': 'theirs has the modified one of 22 GB',
  'Arc A770': 'the one of 8 GB has slower memory',
  'Arc B60': 'theirs counts the card with two chips',
  'RX 7600 XT': 'theirs has the RX 7600 of 8 GB under the same name',
  'RTX 3080': 'two cards with different bandwidth; ours has both',
  'Apple M1 Pro': 'never sold with 24 GB',
  'Apple M1 Max': 'never sold with 16 or 24 GB',
  'Apple M1 Ultra': 'sold with 64 and 128 GB',
  'Apple M2 Pro': 'sold with 16 and 32 GB',
  'Apple M2 Ultra': 'sold with 64, 128 and 192 GB',
  'Apple M5 Pro': 'sold with 24, 48 and 64 GB',
}

test('the memory of known GPUs agrees with the official list, but for what is explained', () => {
  const { GPU, 'Apple Silicon': apple } = SKUS
  const official = Object.entries({ ...GPU.NVIDIA, ...GPU.AMD, ...GPU.INTEL, ...apple['-'] })
  const compared = official.flatMap(([name, { memory }]) => {
    const known = findKnownGpu(name)
    return known === undefined || memory === undefined ? [] : [{ name, memory, sizes: known.sizesGb }]
  })
  // Most of the table is on both lists, so this is a comparison and not a formality.
  expect(compared.length).toBeGreaterThan(0.6 * knownGpus.length)
  const different = compared.filter(({ memory, sizes }) => !memory.every((size) => sizes.includes(size)))
  expect(different.map(({ name }) => name).toSorted()).toEqual(Object.keys(explained).toSorted())
})
