import { createInterface, type Interface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import type { Context } from './context.ts'

/** Is somebody there who can answer? */
export function canAsk({ input, err }: Context): boolean {
  return input.isTTY && err.isTerminal
}

/** A question that is answered with yes, or else means no. Call it where `canAsk`. */
export async function askYesNo(context: Context, question: string): Promise<boolean> {
  const lines = createInterface({ input: context.input })
  context.err.write(`${question} [y/N] `)
  const answer = await answerOf(lines, context.signal)
  if (answer === undefined) context.err.write('\n')
  return answer !== undefined && /^y(?:es)?$/i.test(answer.trim())
}

/** One line that nobody sees while it is typed. `undefined` where the person would rather not (Ctrl-C, Ctrl-D). */
export async function askHidden(context: Context, question: string): Promise<string | undefined> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: context.input, output: nowhere, terminal: true })
  try {
    context.err.write(`${question} `)
    return await answerOf(lines, context.signal)
  } finally {
    context.err.write('\n')
  }
}

/** The next line; `undefined` where the input ends before. A question to input that has ended would be waited for for ever. */
async function answerOf(lines: Interface, signal: AbortSignal): Promise<string | undefined> {
  const leaving = new AbortController()
  lines.on('SIGINT', () => leaving.abort())
  lines.on('close', () => leaving.abort())
  try {
    return await lines.question('', { signal: AbortSignal.any([signal, leaving.signal]) })
  } catch (error) {
    if (leaving.signal.aborted) return undefined
    throw error
  } finally {
    lines.close()
  }
}

/** What is piped in, as text. Where it is longer than it may be, it is read no further: whatever pours in may have no end. */
export async function readPiped({ input }: Context, maxCharacters: number): Promise<string> {
  let text = ''
  input.setEncoding('utf8')
  for await (const part of input) {
    text += String(part)
    if (text.length > maxCharacters) break
  }
  return text
}
