import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

/** What a process took, with all it started and waited for. */
export interface Use {
  readonly wallMs: number
  /** User and system. */
  readonly cpuMs: number
  /** Of the largest of its processes. */
  readonly peakBytes: number
}

/** A way to do the task, each time in an empty folder. */
export interface Contender {
  readonly name: string
  readonly command: (folder: string) => readonly [file: string, ...args: string[]]
  readonly environment?: (folder: string) => Readonly<Record<string, string>>
}

export interface Uses {
  readonly name: string
  readonly uses: readonly Use[]
}

const rusage = fileURLToPath(new URL('rusage.py', import.meta.url))

/**
 * Measures whole processes in turn, A B C A B C …: when a shared machine slows down, it slows all of them. First come runs that
 * are not counted, one each. Each finds a folder of its own below `place`, and a disk that has nothing left to write.
 */
export function measureInterleaved(
  contenders: readonly Contender[],
  place: string,
  { runs, warmUps = 1 }: { readonly runs: number; readonly warmUps?: number },
): readonly Uses[] {
  const measured = contenders.map(({ name }) => ({ name, uses: [] as Use[] }))
  for (let round = -warmUps; round < runs; round++)
    for (const [index, contender] of contenders.entries()) {
      const folder = mkdtempSync(path.join(place, 'run-'))
      try {
        const use = measure(contender, folder)
        if (round >= 0) measured[index]?.uses.push(use)
      } finally {
        rmSync(folder, { recursive: true, force: true })
        spawnSync('sync')
      }
    }
  return measured
}

/** @throws where it fails, with what it said */
export function measure({ name, command, environment }: Contender, folder: string): Use {
  const { stdout, stderr, error } = spawnSync('python3', [rusage, ...command(folder)], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, NO_COLOR: '1', ...environment?.(folder) },
  })
  if (error !== undefined) throw error
  const told = JSON.parse(stdout || '{"code":-1}') as Use & { readonly code: number }
  if (told.code !== 0) throw new Error(`Cannot measure ${name}: it exited ${told.code}\n${stderr.slice(-2000)}`)
  const { wallMs, cpuMs, peakBytes } = told
  return { wallMs, cpuMs, peakBytes }
}
