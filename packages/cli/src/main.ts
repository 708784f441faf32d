import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import process from 'node:process'
import { stripControlCharacters } from '@hubgate/core/util'
import { CommanderError } from 'commander'
import type { Context } from './context.ts'
import { EXIT_CODES, exitCodeOf } from './exit-codes.ts'
import { createProgram, type Invocation } from './program.ts'
import { colorChoices, createSink } from './sink.ts'
import { printError } from './views/errors.ts'

process.exitCode = await main()

/** The edge: reads arguments, environment and streams once, and hands them in. */
async function main(): Promise<number> {
  // A reader such as `head` may leave before we are done; that is its right.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  let invocation: Invocation | undefined
  try {
    const version = readVersion()
    const program = createProgram({
      version,
      onInvoke: (asked) => void (invocation = asked),
      writeOut: (text) => void process.stdout.write(text),
      // It quotes what was typed, which may have been pasted from anywhere.
      writeErr: (text) => void process.stderr.write(text.split('\n').map(stripControlCharacters).join('\n')),
    })
    program.parse(process.argv)
    return invocation === undefined ? EXIT_CODES.done : await run(invocation, version, () => program.helpInformation())
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.usage
    printError({ err: createSink(process.stderr, process.env, 'auto'), verbose: false }, error)
    return exitCodeOf(error)
  }
}

async function run(invocation: Invocation, version: string, help: () => string): Promise<number> {
  const { options } = invocation
  const color = colorChoices.find((choice) => choice === options['color']) ?? 'auto'
  const streams = {
    out: createSink(process.stdout, process.env, color),
    err: createSink(process.stderr, process.env, color),
  }
  const verbose = options['verbose'] === true
  const interruption = new AbortController()
  const interrupt = (): void => {
    // A second Ctrl-C does not wait for anything.
    if (interruption.signal.aborted) process.exit(EXIT_CODES.interrupted)
    interruption.abort()
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  try {
    const { runCommand } = await import('./commands/run-command.ts')
    const context = (): Promise<Context> =>
      makeContext(streams, { options, version, verbose, signal: interruption.signal })
    return await runCommand(invocation, context, help)
  } catch (error) {
    if (interruption.signal.aborted) return EXIT_CODES.interrupted
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
  readonly signal: AbortSignal
}

async function makeContext(
  streams: Pick<Context, 'out' | 'err'>,
  { options, version, verbose, signal }: ContextInputs,
): Promise<Context> {
  const { loadSettings } = await import('@hubgate/core/settings')
  const { endpoint, timeout } = options
  const settings = loadSettings({
    environment: process.env,
    platform: process.platform,
    homeFolder: homedir(),
    userAgent: `hubgate/${version}; node/${process.versions.node}`,
    flags: {
      ...(typeof endpoint === 'string' ? { endpoint } : {}),
      ...(options['offline'] === true || options['source'] === 'offline' ? { offline: true } : {}),
      ...(typeof timeout === 'number' ? { timeoutMs: timeout * 1000 } : {}),
    },
  })
  return { ...streams, input: process.stdin, settings, signal, verbose, now: () => new Date() }
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}
