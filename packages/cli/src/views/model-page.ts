import { gatedLabel, gateMark } from '@hubgate/core/access'
import { contextLabel, type Fact, formatCount, type ModelRecord, memoryOf } from '@hubgate/core/catalog'
import { stripControlCharacters } from '@hubgate/core/util'
import type { Paint } from './paint.ts'
import { agoText, formatBytes, formatRough } from './quantities.ts'

/** Everything known of one model, a line a fact, each with where it came from and its age. */
export function renderModelPage(
  record: ModelRecord,
  options: {
    readonly endpoint: string
    readonly now: Date
    readonly paint: Paint
    readonly renamedFrom?: string | undefined
  },
): string[] {
  const { endpoint, now, paint, renamedFrom } = options
  const { facts } = record
  const line = <T>(name: string, fact: Fact<T> | undefined, format: (value: T) => string): string => {
    const text = fact === undefined ? paint('unknown', 'dim') : stripEscapes(format(fact.value))
    return `  ${name.padEnd(12)}${text}${fact === undefined ? '' : paint(`   ${fact.source}, ${ageText(fact.asOf, now)}`, 'dim')}`
  }
  const gate = gateMark(facts.gated?.value ?? null)
  const memory = memoryOf(record)
  const memoryFact = facts.memory ?? (facts.params && memory && { ...facts.params, value: memory })
  return [
    paint(stripEscapes(record.id), 'bold') +
      (renamedFrom === undefined ? '' : paint(`   formerly ${stripEscapes(renamedFrom)}`, 'dim')),
    '',
    `  ${'gate'.padEnd(12)}${paint(gatedLabel(facts.gated?.value ?? null), gate.colour)}${facts.gated === undefined ? '' : paint(`   ${facts.gated.source}, ${ageText(facts.gated.asOf, now)}`, 'dim')}`,
    ...earlierGates(record, now, paint),
    line('parameters', facts.params, (count) => `${formatCount(count)} (${count.toLocaleString('en')})`),
    ...(facts.activeParams === undefined
      ? []
      : [line('active', facts.activeParams, (count) => `${formatCount(count)} for each token`)]),
    line('memory', memoryFact, ({ label, bytes, basis }) => `${label} (${formatBytes(bytes)}, ${basisText(basis)})`),
    line('context', facts.contextLength, (tokens) => `${contextLabel(tokens)} (${tokens.toLocaleString('en')} tokens)`),
    line('licence', facts.license, (id) =>
      facts.licenseName === undefined ? id : `${id} (${facts.licenseName.value})`,
    ),
    line('task', facts.pipelineTag, (tag) => tag),
    line('library', facts.library, (name) => name),
    line('category', facts.category, (name) => name),
    line('weights', facts.quantization, (label) => label),
    line('downloads', facts.downloads, (count) => `${formatRough(count)} in 30 days`),
    ...(facts.likes === undefined ? [] : [line('likes', facts.likes, formatRough)]),
    ...(facts.baseModel === undefined ? [] : [line('made from', facts.baseModel, (id) => id)]),
    ...(facts.lastModified === undefined ? [] : [line('updated', facts.lastModified, (moment) => moment.slice(0, 10))]),
    ...(record.formerIds.length === 0
      ? []
      : [`  ${'former ids'.padEnd(12)}${record.formerIds.map(stripEscapes).join(', ')}`]),
    `  ${'page'.padEnd(12)}${endpoint}/${stripEscapes(record.id)}`,
  ]
}

function earlierGates(record: ModelRecord, now: Date, paint: Paint): string[] {
  const present = record.facts.gated?.value
  return record.gateHistory
    .filter(({ gated }) => gated !== present)
    .map(({ gated, asOf, evidence }) =>
      paint(
        `  ${''.padEnd(12)}earlier: ${gatedLabel(gated)}   ${stripEscapes(evidence)}, ${ageText(asOf, now)}`,
        'dim',
      ),
    )
}

function ageText(asOf: string | undefined, now: Date): string {
  return asOf === undefined ? 'no date' : agoText(asOf, now)
}

function basisText(basis: string): string {
  return basis === 'params-only'
    ? '16-bit weights, from the parameter count'
    : basis === 'files'
      ? 'from its files'
      : basis === 'specification'
        ? 'as specified'
        : `from its ${basis}`
}

const stripEscapes = stripControlCharacters
