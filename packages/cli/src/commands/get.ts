import {
  type DownloadedSnapshot,
  type DownloadSnapshotOptions,
  type DownloadTarget,
  downloadSnapshot,
} from '@hubgate/core/download'
import { HubgateError } from '@hubgate/core/errors'
import { HubClient } from '@hubgate/core/hub'
import { stripControlCharacters } from '@hubgate/core/util'
import { type Context, note, noteAll, noteSettings } from '../context.ts'
import { EXIT_CODES, type ExitCode, exitCodeOf, worstExitCode } from '../exit-codes.ts'
import { ReaderGone } from '../interruption.ts'
import type { Invocation } from '../program.ts'
import { printError } from '../views/errors.ts'
import { jsonLine } from '../views/json.ts'
import { createProgressView } from '../views/progress.ts'
import { doneText, pickleText } from '../views/progress-text.ts'
import { noteWaits } from '../views/wait.ts'
import { type ChoiceFlags, snapshotRequest, targetsOf } from './choose-snapshot.ts'
import { createChecker } from './create-checker.ts'
import { openStateStore } from './open-state-store.ts'

/** What the options of `get` came out as; `options.ts` made them so. */
export interface GetFlags extends ChoiceFlags {
  readonly dryRun?: boolean
  readonly whenGranted?: boolean
  readonly limitRate?: number
  readonly ignoreSpace?: boolean
  readonly json?: boolean
}

/** Fetches models, one after another. What fails does not keep the others from coming. */
export async function get(context: Context, invocation: Invocation): Promise<ExitCode> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- commander gives exactly what options.ts declares
  const flags = invocation.options as GetFlags
  const { settings } = context
  const targets = targetsOf(context, invocation.words, flags)
  await using client = new HubClient(settings, { onWait: noteWaits(context) })
  await using store = await openStateStore(context)
  noteSettings(context)
  const common = { client, store, checker: createChecker(context, client, store) }
  const codes: ExitCode[] = []
  const isOneOfSeveral = targets.length > 1
  for (const target of targets) codes.push(await getOne(context, target, flags, { ...common, isOneOfSeveral }))
  noteAll(context, store.notices)
  return worstExitCode(codes)
}

type Common = Pick<DownloadSnapshotOptions, 'client' | 'store' | 'checker'>

async function getOne(
  context: Context,
  target: DownloadTarget,
  flags: GetFlags,
  { isOneOfSeveral, ...common }: Common & { readonly isOneOfSeveral: boolean },
): Promise<ExitCode> {
  try {
    const options = optionsFor(context, target, flags, common)
    if (flags.dryRun === true)
      return await (await import('./get-preview.ts')).getPreview(context, target, flags.json === true, options)
    const snapshot = await fetchShown(context, target, flags, options)
    await tell(context, target, snapshot, flags)
    return EXIT_CODES.done
  } catch (error) {
    const { signal } = context
    if (signal.aborted && !(signal.reason instanceof ReaderGone))
      note(context, 'stopped: the same command goes on from here')
    signal.throwIfAborted()
    printError(context, error, { modelId: target.modelId, isOneOfSeveral })
    if (flags.json === true) tellFailure(context, target, error)
    return exitCodeOf(error)
  }
}

async function fetchShown(
  context: Context,
  { modelId }: DownloadTarget,
  flags: GetFlags,
  options: DownloadSnapshotOptions,
): Promise<DownloadedSnapshot> {
  using view = createProgressView(context, { modelId }, flags.json === true)
  return await downloadSnapshot(modelId, {
    ...options,
    onEvent: (event) => {
      const warning = event.type === 'planned' ? pickleText(event.plan) : undefined
      if (warning !== undefined) note(context, warning)
      view.show(event)
    },
  })
}

async function tell(
  context: Context,
  { revision = 'main' }: DownloadTarget,
  snapshot: DownloadedSnapshot,
  flags: GetFlags,
): Promise<void> {
  const { out, err } = context
  const { modelId, renamedFrom, cachedAs, fetchedBytes, wasComplete, isUncertain, isUnconfirmed, files } = snapshot
  if (flags.json === true) return out.write(jsonLine({ type: 'done', ...snapshot }))
  if (renamedFrom !== undefined) note(context, `note: ${renamedFrom} is now ${modelId}`)
  if (flags.localDir === undefined && ![modelId, renamedFrom].includes(cachedAs))
    note(context, `note: it lies in the cache as ${cachedAs}`)
  if (isUncertain) note(context, `note: offline, nobody can say whether this is ${modelId}@${revision}, and all of it`)
  if (isUnconfirmed) note(context, 'note: the Hub cannot be reached; this is what it said when it was last asked')
  note(context, doneText(modelId, { fileCount: files.length, fetchedBytes, wasComplete }))
  if (err.isTerminal) {
    const { describeRun } = await import('./describe-run.ts')
    const hint = await describeRun(context, snapshot, revision)
    // On a line of its own, which no wrapping breaks: it is there to be copied.
    if (hint !== undefined) err.write(`run it:\n  ${hint}\n`)
  }
  out.write(`${snapshot.path}\n`)
}

/** So that a program knows which of several models failed, and why, without reading our sentences. */
function tellFailure({ out }: Context, { modelId }: DownloadTarget, error: unknown): void {
  const [code, message] = error instanceof HubgateError ? [error.code, error.message] : [null, String(error)]
  out.write(jsonLine({ type: 'failed', modelId, code, message: stripControlCharacters(message) }))
}

function optionsFor(
  { signal, now }: Context,
  target: DownloadTarget,
  flags: GetFlags,
  common: Common,
): DownloadSnapshotOptions {
  const { whenGranted, limitRate, ignoreSpace } = flags
  return {
    ...common,
    ...snapshotRequest(target, flags),
    signal,
    now,
    ...(whenGranted === undefined ? {} : { whenGranted }),
    ...(limitRate === undefined ? {} : { bytesPerSecond: limitRate }),
    ...(ignoreSpace === undefined ? {} : { ignoreSpace }),
  }
}
