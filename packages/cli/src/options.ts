import { type AccessState, accessStates } from '@hubgate/core/access'
import { categories, gateFilters, sortKeys } from '@hubgate/core/catalog'
import { type NumberRange, parseCount, parseRange, parseTokens } from '@hubgate/core/util'
import { InvalidArgumentError, Option } from 'commander'
import { colorChoices } from './sink.ts'

/** Every option of every command: help is made from these. One name means one thing, everywhere. */
const listSources = ['auto', 'offline', 'live'] as const
export type ListSource = (typeof listSources)[number]

const listStyles = ['table', 'plain', 'brackets', 'icons'] as const
export type ListStyle = (typeof listStyles)[number]

export const globalOptions: readonly Option[] = [
  new Option('--offline', 'ask nothing of the network'),
  new Option('--endpoint <url>', 'the Hub to ask, as HF_ENDPOINT'),
  new Option('--timeout <seconds>', 'how long to wait for an answer to begin').argParser(parseSeconds),
  new Option('--color <when>', 'colours').choices(colorChoices).default('auto'),
  new Option('--verbose', 'say more on standard error'),
]

export const jsonOption: Option = new Option('--json', 'print JSON')

export const accessOptions: readonly Option[] = [
  new Option('--watch', 'check again and again until the answer changes'),
  new Option('--allow <states>', 'end with 0 in these states too, such as sign-in,terms').argParser(parseStates),
  jsonOption,
]

export const tokenOptions: Readonly<Record<'set' | 'allowEndpoint', readonly Option[]>> = {
  set: [
    new Option(
      '--name <name>',
      "keep it under this name among the stored tokens; without it, under the Hub's name for it",
    ),
    new Option('--yes', 'put another token away without asking'),
    jsonOption,
  ],
  allowEndpoint: [new Option('--remove', 'take it back'), jsonOption],
}

const removalOptions: readonly Option[] = [
  new Option('--yes', 'remove without asking').conflicts('dryRun'),
  new Option('--dry-run', 'only show what would be removed'),
  jsonOption,
]

export const cacheOptions: Readonly<Record<'ls' | 'verify' | 'rm' | 'prune', readonly Option[]>> = {
  ls: [
    new Option('--sort <key>', 'largest or latest first').choices(['size', 'used', 'name']).default('size'),
    jsonOption,
  ],
  verify: [new Option('--remove-damaged', 'remove what is damaged, so that it is fetched again'), jsonOption],
  rm: removalOptions,
  prune: [new Option('--detached', 'snapshots that no branch or tag leads to as well'), ...removalOptions],
}

const atOption: Option = new Option('--at <tokens>', 'the context you mean to use, such as 32k').argParser(
  tokensParser(),
)

/** How a model is meant to be run. */
const intentOptions: readonly Option[] = [
  atOption,
  new Option('--batch <n>', 'sequences at the same time').argParser(wholeNumberParser(1_000_000)),
  new Option('--quant <format>', 'as if the weights were in this format: FP8, AWQ-INT4, Q4_K_M'),
  new Option('--kv <type>', 'number format of the KV cache: fp16, fp8, q8_0'),
  new Option('--engine <name>', 'vllm, llama.cpp, transformers, mlx, sglang, mlc'),
  new Option('--tp <n>', 'GPUs to divide the model over').argParser(wholeNumberParser(4096)),
]

export const fitOptions: readonly Option[] = [
  ...intentOptions,
  new Option('--gpu <name>', 'as if you had this: "RTX 4090", "2x RTX 4090", "M3 Max 64GB"').conflicts('vram'),
  new Option('--vram <size>', 'as if you had a GPU of this size: 24GB, 2x24GB').conflicts('gpu'),
  jsonOption,
]

/** What to get of a model, and where to. */
const choiceOptions: readonly Option[] = [
  new Option('--revision <name>', 'branch, tag or commit; as org/name@revision').argParser(parseText),
  new Option('--include <globs...>', 'only files that match one of these'),
  new Option('--exclude <globs...>', 'no file that matches one of these'),
  new Option('--quant <label>', 'one quantization of a GGUF model, such as Q4_K_M; as org/name:Q4_K_M').argParser(
    parseText,
  ),
  new Option('--all', 'every file of the repository').conflicts(['include', 'quant']),
  new Option('--local-dir <folder>', 'put the files there, in place of the shared cache').argParser(parseText),
]

const whenGrantedOption: Option = new Option('--when-granted', 'wait until somebody opens the gate, then fetch')
const eventsOption: Option = new Option('--json', 'print events as JSON, one a line')

const transferOptions: readonly Option[] = [
  new Option('--limit-rate <rate>', 'bytes a second at the most, such as 20MB/s').argParser(parseRate),
  new Option('--ignore-space', 'begin even where the disk seems too small'),
]

export const getOptions: readonly Option[] = [
  ...choiceOptions,
  new Option('--dry-run', 'show what would be fetched, and whether it may be'),
  whenGrantedOption,
  ...transferOptions,
  eventsOption,
]

export const queueOptions: Readonly<Record<'add' | 'list' | 'run' | 'log', readonly Option[]>> = {
  add: [
    ...choiceOptions,
    whenGrantedOption,
    new Option('--priority <n>', 'higher goes first; 0 where nothing is said').argParser(parsePriority),
    jsonOption,
  ],
  list: [new Option('--all', 'what ended more than a day ago as well'), jsonOption],
  run: [
    new Option('--at-most <n>', 'jobs at once, of all hubgates together').argParser(wholeNumberParser(64)).default(2),
    new Option('--stay', 'wait for more when all is done'),
    ...transferOptions,
    eventsOption,
  ],
  log: [
    new Option('--follow', 'go on as more happens, until the job ends or Ctrl-C'),
    new Option('--after <event>', 'only what came after the event of this number').argParser(parseEventId),
    eventsOption,
  ],
}

export const searchOptions: readonly Option[] = [
  new Option('--task <tag>', 'pipeline tag, such as text-generation'),
  new Option('--author <name>', 'user or organisation'),
  new Option('--library <name>', 'such as transformers or gguf'),
  new Option('--license <id>', 'such as apache-2.0'),
  new Option('--gated <gate>', 'only models with this gate').choices(gateFilters).default('any'),
  new Option('--params <range>', 'parameters, such as 6B..9B or ..3B').argParser(rangeParser(parseCount)),
  new Option('--context <range>', "the model's own maximum in tokens, such as 32k..").argParser(
    rangeParser(parseTokens),
  ),
  new Option('--fits [hardware]', 'only what fits this machine, or 24GB, "2x RTX 4090"'),
  atOption,
  new Option('--category <name>', 'of the curated list').argParser(parseCategory),
  new Option('--sort <key>', 'largest or newest first').choices(sortKeys).default('downloads'),
  new Option('--limit <n>', 'rows at the most').argParser(parseLimit).default(30),
  new Option('--source <where>', 'auto: curated list and live Hub; offline: no network; live: the Hub only')
    .choices(listSources)
    .default('auto'),
  new Option('--style <style>', 'how lines look').choices(listStyles).default('table'),
  new Option('--check', 'ask the Hub for access to each row shown; without it, the last answers are shown'),
  jsonOption.conflicts(['jsonl', 'markdown']),
  new Option('--jsonl', 'print JSON, a model a line').conflicts(['json', 'markdown']),
  new Option('--markdown', 'print a Markdown table').conflicts(['json', 'jsonl']),
]

function rangeParser(parseEnd: (text: string) => number): (text: string) => NumberRange {
  return (text) => orInvalid(() => parseRange(text, parseEnd))
}

function tokensParser(): (text: string) => number {
  return (text) => {
    const tokens = orInvalid(() => parseTokens(text))
    if (!(Number.isInteger(tokens) && tokens >= 1 && tokens <= 1e9))
      throw new InvalidArgumentError('Expected a whole number of tokens, above 0, such as 32k.')
    return tokens
  }
}

function wholeNumberParser(max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (!(value >= 1 && value <= max)) throw new InvalidArgumentError(`Expected a whole number from 1 to ${max}.`)
    return value
  }
}

/** An empty text is a variable that was not set, not a wish. */
function parseText(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It is empty.')
  return text
}

function parseStates(text: string): AccessState[] {
  return text.split(',').map((word) => {
    const state = accessStates.find((name) => name === word.trim().toLowerCase())
    if (state === undefined) throw new InvalidArgumentError(`Allowed choices are ${accessStates.join(', ')}.`)
    return state
  })
}

function parseLimit(text: string): number {
  const limit = Number(text)
  if (!(Number.isSafeInteger(limit) && limit > 0 && limit <= 10_000))
    throw new InvalidArgumentError('Expected a whole number from 1 to 10000.')
  return limit
}

function parsePriority(text: string): number {
  if (!/^-?\d{1,6}$/.test(text)) throw new InvalidArgumentError('Expected a whole number, such as 5 or -5.')
  return Number(text)
}

function parseEventId(text: string): number {
  const id = Number(text)
  if (!(Number.isSafeInteger(id) && id >= 0)) throw new InvalidArgumentError('Expected the number of an event.')
  return id
}

/** Decimal, as lines are sold: `20MB/s`, `500k`. */
function parseRate(text: string): number {
  const [, amount = ''] = /^\s*([\d_.]+\s*[kmgt]?)b?(?:\/s)?\s*$/i.exec(text) ?? []
  const rate = amount === '' ? 0 : orInvalid(() => parseCount(amount))
  if (!(rate >= 1)) throw new InvalidArgumentError('Expected bytes a second, such as 20MB/s.')
  return rate
}

function parseSeconds(text: string): number {
  const seconds = Number(text)
  if (!(seconds > 0 && seconds <= 86_400)) throw new InvalidArgumentError('Expected seconds, above 0.')
  return seconds
}

function parseCategory(text: string): string {
  const category = categories.find((name) => name.toLowerCase() === text.toLowerCase())
  if (category === undefined) throw new InvalidArgumentError(`Allowed choices are ${categories.join(', ')}.`)
  return category
}

function orInvalid<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    throw new InvalidArgumentError(`${error instanceof Error ? error.message : String(error)}.`)
  }
}
