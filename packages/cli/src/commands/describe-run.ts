import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { DownloadedSnapshot } from '@hubgate/core/download'
import { fitModel, localFacts } from '@hubgate/core/fit'
import { parseConfig } from '@hubgate/core/formats'
import { detectHardware } from '@hubgate/core/hardware'
import type { Context } from '../context.ts'
import { type RunKnowledge, runHint } from '../views/run-hint.ts'

/** How to run what was fetched, on this machine. Only a hint: whatever keeps it from being known, there is none. */
export async function describeRun(
  context: Context,
  snapshot: DownloadedSnapshot,
  revision: string | undefined,
): Promise<string | undefined> {
  const { environment, signal } = context
  const architecture = await readArchitecture(snapshot.path)
  const known: RunKnowledge = { architecture, revision }
  try {
    const hardware = await detectHardware({ environment, signal })
    const { trial, maxContext } = fitModel(await localFacts(snapshot.path, signal), hardware)
    const fit = { tensorParallel: trial.setup.count, contextLength: maxContext }
    return runHint(snapshot, { ...known, hardware, ...(trial.level === 'no' ? {} : { fit }) })
  } catch {
    return runHint(snapshot, known)
  }
}

async function readArchitecture(folder: string): Promise<string | undefined> {
  try {
    return parseConfig(await readFile(path.join(folder, 'config.json'))).architecture
  } catch {
    return undefined
  }
}
