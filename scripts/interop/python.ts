// The official Python client, in a virtual environment of its own below node_modules: made once for each set of pinned versions.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { workspaceRoot } from '../pinned-node.mjs'

const run = promisify(execFile)
const requirements = path.join(workspaceRoot, 'scripts', 'interop', 'requirements.txt')

export interface Python {
  /** Paths of its programs, for who runs them in a way of their own. */
  readonly programs: { readonly python: string; readonly hf: string }
  /** Runs a program that prints one JSON value last, and gives that. */
  evaluate(program: string, settings?: PythonSettings): Promise<unknown>
  /** Runs the unittest module `name` of this folder, whose tests find the programs of the environment on their PATH. */
  unittest(name: string, settings?: PythonSettings): Promise<{ code: number; output: string }>
  /** Runs `hf`, and gives what it printed and its exit code. */
  hf(words: readonly string[], settings?: PythonSettings): Promise<{ code: number; output: string }>
}

export interface PythonSettings {
  readonly environment?: Readonly<Record<string, string>>
  /** Given to the program as `sys.argv[1]`, as JSON. */
  readonly input?: unknown
}

/** Needs `python3` with `venv`, and PyPI the first time. */
export async function preparePython(): Promise<Python> {
  const folder = await prepareEnvironment()
  const environmentOf = (own: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => ({
    PATH: process.env['PATH'] ?? '',
    HOME: path.join(folder, 'home'),
    HF_HUB_DISABLE_TELEMETRY: '1',
    HF_HUB_DISABLE_PROGRESS_BARS: '1',
    NO_COLOR: '1',
    ...own,
  })
  const bin = path.join(folder, 'bin')
  return {
    programs: { python: path.join(bin, 'python'), hf: path.join(bin, 'hf') },
    async evaluate(program, { environment, input = null } = {}) {
      const { stdout } = await run(path.join(bin, 'python'), ['-c', program, JSON.stringify(input)], {
        env: environmentOf(environment),
        maxBuffer: 256 * 1024 * 1024,
      })
      return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
    },
    hf: (words, { environment } = {}) => end(path.join(bin, 'hf'), words, environmentOf(environment)),
    unittest(name, { environment } = {}) {
      const own = { PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}`, PYTHONDONTWRITEBYTECODE: '1' }
      const words = ['-m', 'unittest', '--verbose', name]
      return end(path.join(bin, 'python'), words, { ...environmentOf(environment), ...own }, import.meta.dirname)
    },
  }
}

/** A program's end: its exit code and all it said. */
async function end(
  file: string,
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd?: string,
): Promise<{ code: number; output: string }> {
  const options = { env, maxBuffer: 64 * 1024 * 1024, ...(cwd === undefined ? {} : { cwd }) }
  try {
    const { stdout, stderr } = await run(file, words, options)
    return { code: 0, output: stdout + stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, output: stdout + stderr }
  }
}

async function prepareEnvironment(): Promise<string> {
  const key = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12)
  const folder = path.join(workspaceRoot, 'node_modules', '.cache', 'interop', `python-${key}`)
  const finished = path.join(folder, 'finished')
  if (existsSync(finished)) return folder
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(path.dirname(folder), { recursive: true })
  await run('python3', ['-m', 'venv', folder])
  await run(path.join(folder, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', '--requirement', requirements])
  mkdirSync(path.join(folder, 'home'))
  mkdirSync(`${finished}.new`)
  renameSync(`${finished}.new`, finished)
  return folder
}
