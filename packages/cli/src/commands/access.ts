import { type AccessAnswer, type AccessState, isOpen, toAccessJson } from '@hubgate/core/access'
import { type AccessChecker, checkMany, watchAccess } from '@hubgate/core/access/check'
import { HubClient, parseModelReference } from '@hubgate/core/hub'
import { readPiped } from '../ask.ts'
import { type Context, note, noteAll, noteSettings } from '../context.ts'
import { accessExitCode, UsageError } from '../exit-codes.ts'
import type { Invocation } from '../program.ts'
import { renderAccessPage } from '../views/access-page.ts'
import { accessColumns } from '../views/access-table.ts'
import { jsonPage } from '../views/json.ts'
import { createPaint } from '../views/paint.ts'
import { printLines, printTable } from '../views/print.ts'
import { createStatusLine } from '../views/status-line.ts'
import { noteWaits } from '../views/wait.ts'
import { createChecker } from './create-checker.ts'
import { openStateStore } from './open-state-store.ts'

/** What the options of `access` came out as; `options.ts` made them so. */
interface AccessFlags {
  readonly watch?: boolean
  readonly allow?: readonly AccessState[]
  readonly json?: boolean
}

const MAX_IDS = 100_000
/** An id has 96 at the most, the address of a page some more. */
const MAX_PIPED_CHARACTERS = MAX_IDS * 150

/** May this token have these models? Each with its state, the Hub's sentence and the one next step. */
export async function access(context: Context, invocation: Invocation): Promise<number> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- commander gives exactly what options.ts declares
  const flags = invocation.options as AccessFlags
  const modelIds = await readModelIds(context, invocation.words)
  await using client = new HubClient(context.settings, { onWait: noteWaits(context) })
  await using store = await openStateStore(context)
  const checker = createChecker(context, client, store)
  noteSettings(context)
  const answers =
    flags.watch === true
      ? await watchAll(context, checker, modelIds, flags)
      : await checkAll(context, checker, modelIds, flags)
  noteAll(context, store.notices)
  return accessExitCode(answers, flags.allow ?? [])
}

/** Ids from the command line; where there are none, from what is piped in: any white space, commas and `#` comments apart. */
async function readModelIds(context: Context, words: readonly string[]): Promise<string[]> {
  const { input, settings } = context
  const isPiped = words.length === 0 || (words.length === 1 && words[0] === '-')
  if (isPiped && input.isTTY)
    throw new UsageError('Cannot check nothing: name a model', '`hubgate access meta-llama/Llama-3.1-8B-Instruct`')
  const given = isPiped ? wordsOf(await readPiped(context, MAX_PIPED_CHARACTERS)) : words
  if (given.length === 0) throw new UsageError('Cannot check nothing: standard input held no model id')
  if (given.length > MAX_IDS) throw new UsageError(`Cannot check more than ${MAX_IDS} models at once`)
  return given.map((word) => parseModelReference(word, settings.endpoint.host).modelId)
}

function wordsOf(text: string): string[] {
  if (text.length > MAX_PIPED_CHARACTERS) throw new UsageError(`Cannot check more than ${MAX_IDS} models at once`)
  return text
    .replaceAll(/#.*$/gm, '')
    .split(/[\s,]+/)
    .filter((word) => word !== '')
}

async function checkAll(
  context: Context,
  checker: AccessChecker,
  modelIds: readonly string[],
  flags: AccessFlags,
): Promise<AccessAnswer[]> {
  using status = createStatusLine(context.err)
  const answers = await checkMany(checker, modelIds, {
    signal: context.signal,
    onAnswer: (_, { done, total }) => {
      if (total > 1) status.show(`checking: ${done} of ${total}`)
    },
  })
  status.clear()
  print(context, answers, flags)
  return answers
}

/** Waits until each has changed or is open, telling what is seen first and every change. */
async function watchAll(
  context: Context,
  checker: AccessChecker,
  modelIds: readonly string[],
  flags: AccessFlags,
): Promise<AccessAnswer[]> {
  return Promise.all(
    [...new Set(modelIds)].map(async (modelId) => {
      let first: AccessAnswer | undefined
      for await (const answer of watchAccess(checker, modelId, { signal: context.signal })) {
        print(context, [answer], flags)
        if (first !== undefined || isOpen(answer.state)) return answer
        first = answer
        note(context, `watching ${answer.id}: tells when this changes; Ctrl-C stops`)
      }
      throw new Error('Cannot end here: watching never ends by itself')
    }),
  )
}

function print(context: Context, answers: readonly AccessAnswer[], flags: AccessFlags): void {
  const { out, settings } = context
  const [only, ...others] = answers
  const paint = createPaint(out.color)
  const isAlone = only !== undefined && others.length === 0
  if (flags.json === true) return out.write(jsonPage(isAlone ? toAccessJson(only) : answers.map(toAccessJson)))
  if (!isAlone) return printTable(context, accessColumns(paint), answers)
  const hasToken = settings.token !== undefined
  printLines(context, renderAccessPage(only, { now: context.now(), paint, hasToken, width: out.width }))
}
