import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { preparePython } from '../scripts/interop/python.ts'

/** The official Python client and its command. */
export interface Peers {
  readonly version: string
  readonly python: string
  readonly hf: string
}

/** Where they cannot be installed, says so and gives none: a benchmark then stands alone, and its result says that. */
export async function preparePeers(): Promise<Peers | undefined> {
  try {
    const { programs } = await preparePython()
    const told = spawnSync(programs.python, ['-c', 'import huggingface_hub; print(huggingface_hub.__version__)'])
    return { version: told.stdout.toString().trim(), ...programs }
  } catch (error) {
    const [why] = (error instanceof Error ? error.message : String(error)).split('\n')
    process.stderr.write(
      `skipped: huggingface_hub cannot be installed here, so nothing stands beside Hubgate: ${why}\n`,
    )
    return undefined
  }
}
