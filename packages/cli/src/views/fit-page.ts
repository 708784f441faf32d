import { contextLabel } from '@hubgate/core/catalog'
import type { FitAnswer, FitFacts, FitTable } from '@hubgate/core/fit'
import { stripControlCharacters } from '@hubgate/core/util'
import { basisText } from './basis-text.ts'
import { renderFitBar, termSigns } from './fit-bar.ts'
import { renderFitTable } from './fit-table.ts'
import { describeVerdict, smallestText } from './fit-verdict.ts'
import type { Paint } from './paint.ts'
import { formatBytes } from './quantities.ts'
import { besideHead, wrapText } from './wrap.ts'

const MAX_BAR = 72
const INDENT = '  '

export interface FitPage {
  readonly facts: FitFacts
  readonly answer: FitAnswer
  readonly table: FitTable
}

/** Whether a model fits, as a picture: the verdict, the terms against the card's memory, what else would do. */
export function renderFitPage({ facts, answer, table }: FitPage, width: number, paint: Paint): string[] {
  const { trial, verdict } = answer
  const { text, tone } = describeVerdict(verdict, answer)
  const lines = [
    paint(facts.id, 'bold'),
    ...wrapText(describeSetup(answer), width).map((part) => paint(part, 'dim')),
    '',
    ...besideHead(INDENT, text, width, (part) => paint(part, tone)),
    '',
    ...fitPicture(answer, width, paint),
    '',
    ...outlookLines(answer, facts, width),
    '',
    ...renderFitTable(table, facts, width - INDENT.length, paint).map((line) => `${INDENT}${line}`),
    ...besideHead(INDENT, `GiB ${whereText(trial)}: ✓ fits, ~ tight, ✗ does not`, width, (part) => paint(part, 'dim')),
  ]
  return lines.map((line) => line.trimEnd())
}

/** The bar of one GPU and its terms, a line each. */
function fitPicture({ trial }: Pick<FitAnswer, 'trial'>, width: number, paint: Paint): string[] {
  const barWidth = Math.max(10, Math.min(MAX_BAR, width - 24))
  const bar = `${renderFitBar(trial, barWidth, paint)} ${gib(trial.needBytes)} of ${gib(trial.capacityBytes)} GiB`
  return [`${INDENT}${bar}`, ...termLines(trial, width, paint)]
}

function describeSetup({ trial: { estimate } }: FitAnswer): string {
  const { quantization, contextLength, batch, engine, kvDtype } = estimate
  const parts = [
    quantization,
    `${contextLabel(contextLength)} context`,
    ...(batch === 1 ? [] : [`${batch} sequences`]),
    ...(kvDtype === 'auto' ? [] : [`${kvDtype} cache`]),
    ...(engine === 'generic' ? [] : [engine]),
  ]
  return stripControlCharacters(parts.join(', '))
}

function termLines(trial: FitAnswer['trial'], width: number, paint: Paint): string[] {
  const { estimate, spareBytes, needBytes, setup } = trial
  const { perGpu, contextLength, batch, errorBand, total, hostWeights } = estimate
  const { isUnified } = setup.device
  const line = (term: keyof typeof termSigns | undefined, name: string, bytes: number, text: string): string[] => {
    const sign = term === undefined ? ' ' : paint(termSigns[term].sign, termSigns[term].colour)
    const head = ` ${name.padEnd(11)}${formatBytes(bytes).padStart(10)}   `
    const [first = '', ...rest] = besideHead(head, text, width - INDENT.length - 1, (part) => paint(part, 'dim'))
    return [`${INDENT}${sign}${first}`, ...rest.map((part) => `${INDENT} ${part}`)]
  }
  const tokens = `${contextLabel(contextLength)} tokens${batch === 1 ? '' : ` × ${batch}`}`
  const share = needBytes / total
  const band = `${gib(errorBand.low * share)} to ${gib(errorBand.high * share)} GiB, ${basisText(estimate.basis)}`
  return [
    ...line('weights', 'weights', perGpu.weights, estimate.quantization),
    ...(perGpu.kvCache > 0
      ? line('kvCache', 'KV cache', perGpu.kvCache, `${tokens}, ${formatBytes(perGpu.kvBytesPerToken)} a token`)
      : []),
    ...(perGpu.state > 0 ? line('state', 'state', perGpu.state, 'of linear attention and state-space layers') : []),
    ...line('overhead', 'overhead', perGpu.overhead, 'activations, work buffers, driver'),
    ...(hostWeights > 0
      ? line(
          isUnified ? 'weights' : undefined,
          'embeddings',
          hostWeights,
          isUnified ? "on the CPU's side" : 'in main memory, not counted',
        )
      : []),
    ...(spareBytes > 0 ? line('spare', 'spare', spareBytes, '') : []),
    ...line(undefined, 'total', needBytes, band),
  ]
}

function outlookLines(answer: FitAnswer, facts: FitFacts, width: number): string[] {
  const { maxContext, decode, alternatives } = answer
  const line = (name: string, text: string): string[] =>
    besideHead(`${INDENT}${name.padEnd(17)}`, stripControlCharacters(text), width)
  const ownMaximum = facts.maxContext === undefined ? '' : ` of ${contextLabel(facts.maxContext)}`
  return [
    ...line('longest context', maxContext === undefined ? 'none fits' : `${contextLabel(maxContext)}${ownMaximum}`),
    ...(decode === undefined ? [] : line('speed bound', speedText(decode.tokensPerSecond, decode.bytesPerToken))),
    ...line('smallest GPU', smallestText(answer)),
    ...alternatives.flatMap((other, index) =>
      line(index === 0 ? 'otherwise' : '', describeVerdict(other, answer).text),
    ),
  ]
}

function speedText(tokensPerSecond: number, bytesPerToken: number): string {
  const rate = tokensPerSecond >= 10 ? Math.round(tokensPerSecond) : tokensPerSecond.toFixed(1)
  return `at most ${rate} tokens/s, as ${formatBytes(bytesPerToken)} are read for each`
}

function whereText({ setup: { device, count } }: FitAnswer['trial']): string {
  if (device.isRam) return 'in main memory'
  return count === 1 ? 'on one GPU' : `on each of ${count} GPUs`
}

function gib(bytes: number): string {
  return (bytes / 1024 ** 3).toFixed(1)
}
