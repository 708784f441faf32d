import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'

export function fixture(name: string): string {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8')
}

export interface FakeMachine extends Disposable {
  /** Below it stand `/proc`, `/sys`. */
  readonly root: string
  readonly environment: Record<string, string>
}

/**
 * A folder of real files and real programs: what a probe reads and starts is what it would on a machine, but for the place.
 * A tool's text is a shell script; it may use `$*`.
 */
export function makeMachine(parts: {
  files?: Readonly<Record<string, string>>
  tools?: Readonly<Record<string, string>>
}): FakeMachine {
  const root = mkdtempSync(path.join(tmpdir(), 'hubgate-machine-'))
  for (const [name, text] of Object.entries(parts.files ?? {})) {
    mkdirSync(path.join(root, path.dirname(name)), { recursive: true })
    writeFileSync(path.join(root, name), text)
  }
  const bin = path.join(root, 'bin')
  mkdirSync(bin, { recursive: true })
  for (const [name, script] of Object.entries(parts.tools ?? {})) {
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${script}\n`)
    chmodSync(path.join(bin, name), 0o755)
  }
  return {
    root,
    environment: { PATH: `${bin}:${path.dirname(process.execPath)}:/usr/bin:/bin` },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  }
}

/** A script that prints a text as it stands. */
export function prints(text: string, exitCode = 0): string {
  return `cat <<'END_OF_RECORDING'\n${text.trimEnd()}\nEND_OF_RECORDING\nexit ${exitCode}`
}
