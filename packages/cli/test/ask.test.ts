import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { askYesNo } from '../src/ask.ts'
import type { Context } from '../src/context.ts'

interface Asking {
  readonly input: PassThrough
  readonly answer: Promise<boolean>
}

function ask(): Asking {
  const input = new PassThrough()
  const context = { input, err: { write: () => undefined }, signal: new AbortController().signal }
  return { input, answer: askYesNo(context as unknown as Context, 'Remove this?') }
}

test.each([
  ['y\n', true],
  ['YES\n', true],
  ['\n', false],
  ['yet another\n', false],
])('askYesNo() takes %j for %j', async (typed, expected) => {
  const { input, answer } = ask()
  input.write(typed)
  expect(await answer).toBe(expected)
})

test('askYesNo() takes Ctrl-D, which ends the input, for no', async () => {
  const { input, answer } = ask()
  input.end()
  expect(await answer).toBe(false)
}, 2000)
