import { expect, test } from 'vitest'
import { gatedLabel, getGatedType, isModelGated, parseGated } from '../../src/access/gated.ts'

test.each([
  [{ gated: 'auto' }, true, 'Terms Required'],
  [{ gated: 'manual' }, true, 'Approval Required'],
  [{ gated: true }, true, 'Restricted'],
  [{ gated: false }, false, 'Public'],
  [{}, false, 'Public'],
  [{ gated: 'AUTO' }, false, 'Public'],
] as const)('isModelGated() and getGatedType() read %j', (model, isGated, type) => {
  expect(isModelGated(model)).toBe(isGated)
  expect(getGatedType(model)).toBe(type)
})

test('gatedLabel() never calls a gate public that was never seen', () => {
  expect([false, 'auto', 'manual', true, null].map((gated) => gatedLabel(gated as false))).toEqual([
    'Public',
    'Terms Required',
    'Approval Required',
    'Restricted',
    'Gate Unknown',
  ])
})

test('parseGated() gives undefined for what the Hub was never seen to say', () => {
  for (const value of [undefined, null, 'yes', 1, {}, 'false']) expect(parseGated(value)).toBeUndefined()
})
