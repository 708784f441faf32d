import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'

/** The official Python client and its command, in a virtual environment of their own. */
export interface Peers {
  readonly version: string
  readonly python: string
  readonly hf: string
}

/** Installs them into a temporary folder; where that cannot be done, says so and gives none. */
export function installPeers(): Peers | undefined {
  const folder = mkdtempSync(path.join(tmpdir(), 'hubgate-bench-peers-'))
  const bin = path.join(folder, process.platform === 'win32' ? 'Scripts' : 'bin')
  const python = path.join(bin, 'python')
  const made =
    succeeds('python3', ['-m', 'venv', folder]) &&
    succeeds(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'huggingface_hub'])
  const hf = path.join(bin, 'hf')
  if (!made || !existsSync(hf)) {
    process.stderr.write('skipped: huggingface_hub cannot be installed here, so nothing stands beside Hubgate\n')
    return undefined
  }
  const told = spawnSync(python, ['-c', 'import huggingface_hub; print(huggingface_hub.__version__)'])
  return { version: told.stdout.toString().trim(), python, hf }
}

function succeeds(file: string, args: readonly string[]): boolean {
  return spawnSync(file, args, { stdio: 'ignore' }).status === 0
}
