import { preparePython } from './python.ts'

/** Before any test file: several that made the one environment at once would break each other's. */
export async function setup(): Promise<void> {
  await preparePython()
}
