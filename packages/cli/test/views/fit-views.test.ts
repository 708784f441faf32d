import type { Trial } from '@hubgate/core/fit'
import { describe, expect, test } from 'vitest'
import { renderFitBar } from '../../src/views/fit-bar.ts'
import { describeVerdict } from '../../src/views/fit-verdict.ts'
import { createPaint } from '../../src/views/paint.ts'
import { describeRowFit } from '../../src/views/row-fit.ts'
import { besideHead, wrapText } from '../../src/views/wrap.ts'

const GIB = 1024 ** 3
const plain = createPaint(false)

/** A trial as far as views read it; sizes in GiB. */
function trialOf(
  parts: { weights: number; kvCache?: number; state?: number; overhead?: number; host?: number },
  capacity: number,
  count = 1,
): Trial {
  const { weights, kvCache = 0, state = 0, overhead = 0, host = 0 } = parts
  const total = weights + kvCache + state + overhead
  const spare = capacity - total - host
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what views do not read is left out
  return {
    estimate: {
      perGpu: {
        weights: weights * GIB,
        kvCache: kvCache * GIB,
        state: state * GIB,
        overhead: overhead * GIB,
        total: total * GIB,
      },
      contextLength: 32_768,
    },
    setup: { count, device: { name: 'T4', isRam: false } },
    capacityBytes: capacity * GIB,
    needBytes: (total + host) * GIB,
    spareBytes: spare * GIB,
    level: spare >= 0 ? 'fits' : 'no',
  } as unknown as Trial
}

describe('renderFitBar()', () => {
  test.each<[string, Trial, string]>([
    [
      'what fits, with the limit at the end',
      trialOf({ weights: 10, kvCache: 4, state: 2, overhead: 2 }, 20),
      '██████████▓▓▓▓▒▒░░··│',
    ],
    ['what is exactly full', trialOf({ weights: 10, kvCache: 10 }, 20), '██████████▓▓▓▓▓▓▓▓▓▓│'],
    ['what does not fit beyond the limit', trialOf({ weights: 30, kvCache: 10 }, 20), '██████████│█████▓▓▓▓▓'],
    [
      'a term of less than a column',
      trialOf({ weights: 10, kvCache: 0.01, overhead: 0.01 }, 20),
      '██████████▓░········│',
    ],
    ['what the CPU holds as weights', trialOf({ weights: 8, host: 2, kvCache: 4 }, 20), '██████████▓▓▓▓······│'],
    ['a limit of nothing', trialOf({ weights: 10 }, 0), '│████████████████████'],
  ])('draws %s', (_, trial, bar) => {
    expect(renderFitBar(trial, 20, plain)).toBe(bar)
  })

  test('paints what is beyond the limit red', () => {
    expect(renderFitBar(trialOf({ weights: 4 }, 2), 4, createPaint(true))).toBe(
      `${'\u001B[34m█\u001B[39m'.repeat(2)}│${'\u001B[31m█\u001B[39m'.repeat(2)}`,
    )
  })
})

test('describeVerdict() leads with the word that matters', () => {
  const two = { trial: trialOf({ weights: 30 }, 20, 2) }
  const said = (verdict: Parameters<typeof describeVerdict>[0]): string => describeVerdict(verdict, two).text
  expect(said({ kind: 'fits', gpuCount: 2, spareBytes: GIB })).toBe('fits on 2 × T4, 1.0 GiB spare')
  expect(said({ kind: 'tight', gpuCount: 2, spareBytes: -GIB })).toMatch(/^tight on 2 × T4: 1\.0 GiB too much/)
  expect(said({ kind: 'shorter-context', gpuCount: 2, contextLength: 8192, spareBytes: 1 })).toBe(
    'fits with a shorter context, 8k instead of 32k',
  )
  expect(said({ kind: 'quantised', gpuCount: 2, quantization: 'FP8', modelId: 'a/b', spareBytes: GIB })).toBe(
    'fits quantised: FP8 (a/b) on 2 GPUs, 1.0 GiB spare',
  )
  expect(said({ kind: 'more-gpus', gpuCount: 4, gpuName: 'T4' })).toBe('needs 4 × T4')
  expect(said({ kind: 'no' })).toBe('does not fit on 2 × T4: 10.0 GiB too much')
})

test('describeRowFit() writes the line of the specification', () => {
  const fit = {
    deviceName: '24 GB GPU',
    gpuCount: 2,
    quantization: 'AWQ-INT4',
    modelId: undefined,
    spareBytes: 1.9 * GIB,
  }
  expect(describeRowFit(fit)).toBe('fits 2×24 GB at AWQ-INT4, 1.9 GiB spare')
  expect(describeRowFit({ ...fit, deviceName: 'NVIDIA GeForce RTX 4090', gpuCount: 1 })).toBe(
    'fits RTX 4090 at AWQ-INT4, 1.9 GiB spare',
  )
})

test('wrapText() and besideHead() keep to the width, and lose no word', () => {
  expect(wrapText('one two three', 7)).toEqual(['one two', 'three'])
  expect(wrapText('a-very-long-word b', 5)).toEqual(['a-very-long-word', 'b'])
  expect(wrapText('', 5)).toEqual([''])
  expect(besideHead('name  ', 'one two three four', 22)).toEqual(['name  one two three', '      four'])
})
