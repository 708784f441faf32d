import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import process from 'node:process'
import type { SettingsInputs } from '@hubgate/core/settings'
import { CommanderError } from 'commander'
import type { Context, MakeContext } from './context.ts'
import { EXIT_CODES, exitCodeOf } from './exit-codes.ts'
import { Interruption } from './interruption.ts'
import { createProgram, type Invocation, onlyShows } from './program.ts'
import { refuseTokens } from './refuse-tokens.ts'
import { Secrecy } from './secrecy.ts'
import { colorChoices, createSink } from './sink.ts'
import { usageErrorOf } from './usage-errors.ts'
import { printError } from './views/errors.ts'

const exitCode = await main()
// A reader that left after all was done has the last word.
process.exitCode ??= exitCode
await Promise.all([process.stdout, process.stderr].map(flushed))
// Otherwise Node takes its memory apart, page by page: after a large download that takes longer than many a command.
process.exit()

/** All that was written before has left, or there is nobody to take it. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()))
}

/** The edge: reads arguments, environment and streams once, and hands them in. */
async function main(): Promise<number> {
  const secrecy = new Secrecy()
  for (const name of ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN']) secrecy.learn(process.env[name])
  const hide = (text: string): string => secrecy.hide(text)
  const plain = { err: createSink(process.stderr, process.env, 'auto', hide), verbose: false }
  let invocation: Invocation | undefined
  const interruption = new Interruption()
  // A reader such as `head` may leave before we are done; that is its right.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') {
        if (invocation === undefined || onlyShows(invocation.command)) process.exit(EXIT_CODES.done)
        return interruption.loseReader()
      }
      if (stream === process.stdout) printError(plain, new Error(`Cannot print: ${error.message}`))
      process.exit(EXIT_CODES.unexpected)
    })
  // What nobody waits for fails like everything else: in one line, without the token.
  process.on('uncaughtException', (error) => {
    printError(plain, error)
    process.exit(EXIT_CODES.unexpected)
  })
  try {
    refuseTokens(process.argv.slice(2))
    const version = readVersion()
    const program = createProgram({
      version,
      onInvoke: (asked) => void (invocation = asked),
      writeOut: (text) => void process.stdout.write(text),
      writeErr: (text) => plain.err.write(text),
    })
    program.parse(process.argv)
    return invocation === undefined
      ? EXIT_CODES.done
      : await run({ invocation, interruption, version, secrecy, help: () => program.helpInformation() })
  } catch (error) {
    const told = error instanceof CommanderError ? usageErrorOf(error, process.argv.slice(2)) : error
    if (told !== undefined) printError(plain, told)
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.usage
    return exitCodeOf(error)
  }
}

interface Run {
  readonly invocation: Invocation
  readonly interruption: Interruption
  readonly version: string
  readonly secrecy: Secrecy
  readonly help: () => string
}

async function run({ invocation, interruption, version, secrecy, help }: Run): Promise<number> {
  const { options } = invocation
  const hide = (text: string): string => secrecy.hide(text)
  const color = colorChoices.find((choice) => choice === options['color']) ?? 'auto'
  const streams = {
    out: createSink(process.stdout, process.env, color, hide),
    err: createSink(process.stderr, process.env, color, hide),
  }
  const verbose = options['verbose'] === true
  const interrupt = (): void => interruption.interrupt()
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  try {
    const { runCommand } = await import('./commands/run-command.ts')
    const context: MakeContext = (onFault) =>
      makeContext(streams, { options, version, verbose, secrecy, signal: interruption.signal, onFault })
    const code = await runCommand(invocation, context, help)
    return interruption.isReaderGone ? interruption.exitCode : code
  } catch (error) {
    if (interruption.signal.aborted) return interruption.exitCode
    printError({ ...streams, verbose }, error)
    return exitCodeOf(error)
  } finally {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}

interface ContextInputs {
  readonly options: Invocation['options']
  readonly version: string
  readonly verbose: boolean
  readonly secrecy: Secrecy
  readonly signal: AbortSignal
  readonly onFault: SettingsInputs['onFault']
}

async function makeContext(
  streams: Pick<Context, 'out' | 'err'>,
  { options, version, verbose, secrecy, signal, onFault }: ContextInputs,
): Promise<Context> {
  const { loadSettings } = await import('@hubgate/core/settings')
  const { endpoint, timeout } = options
  const settings = loadSettings({
    environment: process.env,
    platform: process.platform,
    homeFolder: homedir(),
    userAgent: `hubgate/${version}; node/${process.versions.node}`,
    ...(onFault === undefined ? {} : { onFault }),
    flags: {
      ...(typeof endpoint === 'string' ? { endpoint } : {}),
      ...(options['offline'] === true || options['source'] === 'offline' ? { offline: true } : {}),
      ...(typeof timeout === 'number' ? { timeoutMs: timeout * 1000 } : {}),
    },
  })
  secrecy.learn(settings.token?.secret)
  return {
    ...streams,
    input: process.stdin,
    environment: process.env,
    settings,
    signal,
    verbose,
    now: () => new Date(),
  }
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}
