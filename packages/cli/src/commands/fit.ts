import { existsSync } from 'node:fs'
import { contextLabel, curatedList } from '@hubgate/core/catalog'
import {
  type FitAnswer,
  type FitFacts,
  type FitIntent,
  fitModel,
  fitTable,
  gatherFacts,
  localFacts,
  recordFacts,
  relativesAmong,
  toFitJson,
} from '@hubgate/core/fit'
import type { Hardware } from '@hubgate/core/hardware'
import { parseModelReference } from '@hubgate/core/hub'
import { stripControlCharacters } from '@hubgate/core/util'
import { type Context, noteAll } from '../context.ts'
import { EXIT_CODES, UsageError } from '../exit-codes.ts'
import { type OpenCatalog, openCatalog } from '../open-catalog.ts'
import type { Invocation } from '../program.ts'
import { renderFitPage } from '../views/fit-page.ts'
import { jsonPage } from '../views/json.ts'
import { createPaint } from '../views/paint.ts'
import { printLines } from '../views/print.ts'
import { formatBytes } from '../views/quantities.ts'
import { createStatusLine } from '../views/status-line.ts'
import { noteWaits } from '../views/wait.ts'
import { findRecord } from './find-record.ts'
import { hardwareOf } from './hardware-of.ts'

/** What the options of `fit` came out as; `options.ts` made them so. */
export interface FitFlags {
  readonly at?: number
  readonly batch?: number
  readonly quant?: string
  readonly kv?: string
  readonly engine?: string
  readonly tp?: number
  readonly gpu?: string
  readonly vram?: string
  readonly json?: boolean
}

/** Does a model run on this machine, or on one to pretend? */
export async function fit(context: Context, invocation: Invocation): Promise<number> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- commander gives exactly what options.ts declares
  const flags = invocation.options as unknown as FitFlags
  using status = createStatusLine(context.err)
  await using catalog = await openCatalog(context, { storeRunsIn: 'here', onWait: noteWaits(context, status) })
  const [hardware, { facts, notes }] = await Promise.all([
    hardwareOf(context, flags.gpu ?? flags.vram),
    factsOf(context, catalog, invocation.words[0] ?? ''),
  ])
  status.clear()
  const intent = intentOf(flags)
  const answer = judged(facts, hardware, intent)
  if (flags.json === true) context.out.write(jsonPage(toFitJson(facts, answer)))
  else {
    const page = { facts, answer, table: fitTable(facts, intent, answer) }
    printLines(context, renderFitPage(page, context.out.width, createPaint(context.out.color)))
  }
  noteAll(context, [...notes, ...notesFor({ hardware, facts, answer }), ...(await catalog.settle())])
  return EXIT_CODES.done
}

async function factsOf(
  context: Context,
  catalog: OpenCatalog,
  reference: string,
): Promise<{ facts: FitFacts; notes: readonly string[] }> {
  if (isPath(reference)) return { facts: await fromDisk(reference, context.signal), notes: [] }
  const { settings, signal } = context
  const { modelId } = parseModelReference(reference, settings.endpoint.host)
  const { record, isLive, notes } = await findRecord(context, catalog, modelId)
  const known = curatedList().records
  const facts = isLive
    ? await gatherFacts(record, known, { client: catalog.client, signal })
    : recordFacts(record, relativesAmong(record, known))
  return { facts, notes }
}

/** A path as people type one; `org/name` is an id, whatever folders there are. */
function isPath(reference: string): boolean {
  if (/^(?:\.{0,2}\/|\.{1,2}$|[a-z]:[\\/])/i.test(reference)) return true
  return /\.(?:gguf|safetensors)$/i.test(reference) && existsSync(reference)
}

async function fromDisk(location: string, signal: AbortSignal): Promise<FitFacts> {
  try {
    return await localFacts(location, signal)
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message)
    if (error instanceof Error && 'syscall' in error && 'code' in error)
      throw new UsageError(`Cannot read ${location}: ${String(error.code)}`)
    throw error
  }
}

function intentOf({ at, batch, quant, kv, engine, tp }: FitFlags): FitIntent {
  return {
    ...(at === undefined ? {} : { contextLength: at }),
    ...(batch === undefined ? {} : { batch }),
    ...(quant === undefined ? {} : { quantization: stripControlCharacters(quant) }),
    ...(kv === undefined ? {} : { kvDtype: kv }),
    ...(engine === undefined ? {} : { engine }),
    ...(tp === undefined ? {} : { tensorParallel: tp }),
  }
}

/** What cannot be meant is the asker's to mend, so it is told as a wrong use of the command. */
function judged(facts: FitFacts, hardware: Hardware, intent: FitIntent): FitAnswer {
  try {
    return fitModel(facts, hardware, intent)
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message)
    throw error
  }
}

interface Judged {
  readonly hardware: Hardware
  readonly facts: FitFacts
  readonly answer: FitAnswer
}

function notesFor({ hardware, facts, answer }: Judged): string[] {
  const { estimate, setup } = answer.trial
  const { device } = setup
  const held = device.memoryBytes - device.freeBytes
  return [
    ...hardware.notices,
    ...hardware.limits.map(({ from, bytes }) => `${from} allows ${formatBytes(bytes)} of memory`),
    ...(device.isRam
      ? ['no GPU was found: judged against free main memory, for the CPU; --gpu "RTX 4090" pretends one']
      : []),
    ...(hardware.origin === 'detected' && !device.isUnified && held > 1024 ** 3
      ? [`${formatBytes(held)} of ${device.name} are in use by other programs`]
      : []),
    ...(facts.maxContext !== undefined && estimate.contextLength > facts.maxContext
      ? [`the model itself ends at ${contextLabel(facts.maxContext)} tokens`]
      : []),
    ...facts.notes,
    ...estimate.notes,
  ]
}
