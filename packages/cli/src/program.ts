import { Command } from 'commander'
import { commandGroups, commandList } from './command-list.ts'
import { globalOptions } from './options.ts'
import { unknownCommand } from './usage-errors.ts'
import { wrapParagraphs } from './views/wrap.ts'

/** What the command line asked for: which command, with which words and options. */
export interface Invocation {
  readonly command: string
  readonly words: readonly string[]
  readonly options: Readonly<Record<string, unknown>>
}

export interface ProgramOptions {
  readonly version: string
  readonly onInvoke: (invocation: Invocation) => void
  readonly writeOut: (text: string) => void
  readonly writeErr: (text: string) => void
}

/** The command line as a description. Running a command only reports what was asked; nothing else is loaded for it. */
export function createProgram({ version, onInvoke, writeOut, writeErr }: ProgramOptions): Command {
  const program = new Command('hubgate')
    .description(
      'Finds any open model on Hugging Face, tells you whether you may use it and whether it fits, and gets it.',
    )
    .version(version, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    // What is wrong with the arguments is thrown, and told like every other error.
    .configureOutput({ writeOut, writeErr, outputError: () => undefined })
    .showSuggestionAfterError(true)
    .exitOverride()
  addHelpAfter(
    program,
    `
Without a command, on a terminal: search as you type.

Exit codes: 0 done, 2 usage, 3 not found, 4 access refused, 5 Hub not reached, 6 wrong bytes, 7 no space,
130 interrupted, 141 nobody read on.`,
  )
  for (const option of globalOptions) program.addOption(option)
  program.usage('[options] [command]').argument('[words...]')
  program.action((words: string[]) => {
    if (words.length > 0) throw unknownCommand(words)
    onInvoke({ command: 'start', words: [], options: program.opts() })
  })
  for (const { name, words, summary, options, after } of commandList) {
    const command = addCommand(program, name).description(summary)
    if (words !== '') command.argument(words)
    for (const option of [...options, ...globalOptions]) command.addOption(option)
    if (after !== undefined) addHelpAfter(command, after)
    command.action(() => onInvoke({ command: name, words: command.args, options: mergeOptions(program, command) }))
  }
  return program
}

/** Who leaves before such a command is done has seen enough. */
export function onlyShows(command: string): boolean {
  return commandList.some(({ name, isOnlyShown }) => name === command && isOnlyShown === true)
}

/** `cache ls` is the command `ls` of the group `cache`, which is made with its first command. */
function addCommand(program: Command, name: string): Command {
  const [group = '', own] = name.split(' ')
  if (own === undefined) return program.command(name)
  const known = program.commands.find((command) => command.name() === group)
  return (
    known ??
    program
      .command(group)
      .description(commandGroups[group] ?? '')
      .helpCommand(false)
  ).command(own)
}

/** Wrapped to the screen; without one to 80 columns, as commander does. */
function addHelpAfter(command: Command, text: string): void {
  command.addHelpText('after', () => wrapParagraphs(text, command.configureOutput().getOutHelpWidth?.() ?? 80))
}

/** An option may stand before or after the command; what was written wins over a default. */
function mergeOptions(program: Command, command: Command): Record<string, unknown> {
  const own = command.opts()
  for (const [name, value] of Object.entries(program.opts())) {
    if (command.getOptionValueSource(name) === 'default' || own[name] === undefined)
      own[name] = program.getOptionValueSource(name) === 'cli' ? value : (own[name] ?? value)
  }
  return own
}
