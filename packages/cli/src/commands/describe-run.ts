import type { DownloadedSnapshot } from '@hubgate/core/download'
import { fitModel, localFacts } from '@hubgate/core/fit'
import { detectHardware } from '@hubgate/core/hardware'
import type { Context } from '../context.ts'
import { runHint } from '../views/run-hint.ts'

/** How to run what was fetched, on this machine. Only a hint: whatever keeps it from being known, there is none. */
export async function describeRun(context: Context, snapshot: DownloadedSnapshot): Promise<string | undefined> {
  const { environment, signal } = context
  try {
    const hardware = await detectHardware({ environment, signal })
    const { trial, maxContext } = fitModel(await localFacts(snapshot.path, signal), hardware)
    const fit = trial.level === 'no' ? undefined : { tensorParallel: trial.setup.count, contextLength: maxContext }
    return runHint(snapshot, hardware, fit)
  } catch {
    return runHint(snapshot, undefined, undefined)
  }
}
