import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import type { Context } from './context.ts'

/** Is somebody there who can answer? */
export function canAsk({ input, err }: Context): boolean {
  return input.isTTY && err.isTerminal
}

/** A question that is answered with yes, or else means no. Call it where `canAsk`. */
export async function askYesNo(context: Context, question: string): Promise<boolean> {
  const lines = createInterface({ input: context.input })
  try {
    context.err.write(`${question} [y/N] `)
    const answer = await lines.question('', { signal: context.signal })
    return /^y(?:es)?$/i.test(answer.trim())
  } finally {
    lines.close()
  }
}

/** One line that nobody sees while it is typed. `undefined` where the person would rather not (Ctrl-C, Ctrl-D). */
export async function askHidden(context: Context, question: string): Promise<string | undefined> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: context.input, output: nowhere, terminal: true })
  const leaving = new AbortController()
  lines.on('SIGINT', () => leaving.abort())
  lines.on('close', () => leaving.abort())
  try {
    context.err.write(`${question} `)
    return await lines.question('', { signal: AbortSignal.any([context.signal, leaving.signal]) })
  } catch (error) {
    if (leaving.signal.aborted) return undefined
    throw error
  } finally {
    lines.close()
    context.err.write('\n')
  }
}

const MAX_PIPED_CHARACTERS = 100_000

/** What is piped in, as text; no more than anything we ask for could be. */
export async function readPiped({ input }: Context): Promise<string> {
  let text = ''
  input.setEncoding('utf8')
  for await (const part of input) {
    text += String(part)
    if (text.length > MAX_PIPED_CHARACTERS) break
  }
  return text
}
