import { PassThrough, Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { askYesNo, readPiped } from '../src/ask.ts'
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

test('readPiped() reads no more than could be meant, whatever goes on coming', async () => {
  const endless = Readable.from(
    (function* () {
      for (;;) yield 'acme/tiny '
    })(),
  )
  const text = await readPiped({ input: endless } as unknown as Context, 1000)
  expect(text.length).toBeGreaterThan(1000)
  expect(text.length).toBeLessThan(1100)
})
