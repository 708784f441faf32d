import type { CommanderError } from 'commander'
import { distance } from 'fastest-levenshtein'
import { commandGroups, commandList } from './command-list.ts'
import { UsageError } from './exit-codes.ts'

/** What other tools call it. */
const otherNames: Readonly<Record<string, string>> = {
  download: 'get',
  fetch: 'get',
  install: 'get',
  pull: 'get',
  find: 'search',
  list: 'search',
  models: 'search',
  info: 'show',
  login: 'token set',
  logout: 'token remove',
  whoami: 'token status',
  ls: 'cache ls',
  prune: 'cache prune',
  rm: 'cache rm',
  scan: 'cache ls',
  verify: 'cache verify',
}

/** There is no command of that name: which one was probably meant. */
export function unknownCommand(words: readonly string[]): UsageError {
  const [word = '', ...rest] = words
  return new UsageError(`Cannot run "${word}": there is no such command`, hintFor(word, rest))
}

function hintFor(word: string, rest: readonly string[]): string {
  if (word.includes('/')) return `\`hubgate show ${word}\` tells of that model, \`hubgate get ${word}\` fetches it`
  const meant = otherNames[word.toLowerCase()] ?? nearestCommand(word)
  if (meant !== undefined) return `did you mean \`${['hubgate', meant, ...rest].join(' ')}\`?`
  return `\`hubgate search ${[word, ...rest].join(' ')}\` searches for it; \`hubgate --help\` lists the commands`
}

function nearestCommand(word: string): string | undefined {
  const names = [...new Set(commandList.map(({ name }) => name.split(' ')[0] ?? name))]
  const [nearest] = names
    .map((name) => ({ name, steps: distance(word.toLowerCase(), name) }))
    .filter(({ name, steps }) => steps <= 2 && steps < Math.min(word.length, name.length))
    .toSorted((one, other) => one.steps - other.steps)
  return nearest?.name
}

/** What commander found wrong with the arguments, in our form; `undefined` where it has only shown some help. */
export function usageErrorOf({ code, message }: CommanderError, args: readonly string[]): UsageError | undefined {
  if (code === 'commander.help' || code === 'commander.helpDisplayed') return undefined
  const [what = '', suggestion] = message.replace(/^error: /, '').split('\n')
  return new UsageError(what, suggestion?.replace(/^\(Did you mean (.*)\?\)$/, 'did you mean $1?') ?? hint(code, args))
}

function hint(code: string, args: readonly string[]): string {
  // Whatever follows `--include` is a pattern, up to the next option.
  const greedy = args.find((word) => word === '--include' || word === '--exclude')
  if (code === 'commander.missingArgument' && greedy !== undefined)
    return `what follows ${greedy} are patterns: name the model before it`
  const { name, words } = commandOf(args)
  const form = code === 'commander.missingArgument' || code === 'commander.excessArguments' ? words : ''
  const help = `\`${['hubgate', name, '--help'].filter((part) => part !== '').join(' ')}\``
  return form === '' ? `${help} tells what it takes` : `\`hubgate ${name} ${form}\`; ${help} tells more`
}

function commandOf(args: readonly string[]): { readonly name: string; readonly words: string } {
  const [first = '', second = ''] = args.filter((word) => !word.startsWith('-'))
  const known = commandList.find(({ name }) => name === first || name === `${first} ${second}`)
  return known ?? { name: first in commandGroups ? first : '', words: '' }
}
