import { accessBadge } from '@hubgate/core/access'
import type { DownloadEvent, DownloadProgress, FileProgress, SnapshotPlan } from '@hubgate/core/download'
import type { DoneDetail } from '@hubgate/core/download/queue'
import { stripControlCharacters } from '@hubgate/core/util'
import { formatBytes, formatDuration, formatRate } from './quantities.ts'

/** The words of a download's course, for a terminal and for a pipe. Pure. */

/**
 * `2.1 of 15.0 GiB  14%  85.3 MB/s  2min 30s left  3 of 12 files`; on a narrow screen the last words go first, and how long it
 * still takes goes last.
 */
export function totalText(
  progress: DownloadProgress,
  { width = Infinity, more = '' }: { readonly width?: number; readonly more?: string } = {},
): string {
  const { doneBytes, sizeBytes, bytesPerSecond, secondsLeft, doneFiles, fileCount } = progress
  const isMoving = secondsLeft !== undefined && bytesPerSecond > 0 && doneBytes < sizeBytes
  const percent = percentText(doneBytes, sizeBytes)
  const bytes = `${formatBytes(doneBytes)} of ${formatBytes(sizeBytes)}`
  const rate = isMoving ? [formatRate(bytesPerSecond)] : []
  const left = isMoving ? [`${formatDuration(secondsLeft)} left`] : []
  const files = `${doneFiles} of ${fileCount} files`
  const shorter = [
    [bytes, percent, ...rate, ...left, `${files}${more}`],
    [bytes, percent, ...rate, ...left, files],
    [bytes, percent, ...rate, ...left],
    [bytes, percent, ...left],
    [percent, ...left],
    [percent],
  ].map((parts) => parts.join('  '))
  return shorter.find((text) => text.length <= width) ?? ''
}

/** Never 100 before it is: the last byte is what people wait for. */
export function percentText(done: number, size: number): string {
  return `${size === 0 || done >= size ? 100 : Math.min(99, Math.floor((done / size) * 100))}%`
}

const stateTexts: Readonly<Record<FileProgress['state'], string>> = {
  queued: 'queued',
  fetching: '',
  waiting: 'waiting',
  stalled: 'stalled, trying again',
  verifying: 'verifying',
  done: 'done',
}

export function fileStateText({ state, resumesInMs = 0 }: FileProgress): string {
  return resumesInMs < 1000 ? stateTexts[state] : `going on in ${formatDuration(resumesInMs / 1000)}`
}

export function plannedText(event: Extract<DownloadEvent, { type: 'planned' }>): string {
  const { modelId, commitHash, plan } = event
  const kept = plan.sizeBytes - plan.fetchBytes
  const quantization = plan.quantization === undefined ? '' : ` ${plan.quantization}`
  const here = kept > 0 ? `, ${formatBytes(kept)} of it here already` : ''
  return `${modelId}@${commitHash.slice(0, 8)}${quantization}: ${countText(plan.files.length, 'file')}, ${formatBytes(plan.sizeBytes)}${here}`
}

/** Such a file runs whatever code is in it, as soon as it is loaded. `undefined` where there is none. */
export function pickleText({ files, pickleFiles, leftOut }: SnapshotPlan): string | undefined {
  const [first] = pickleFiles
  if (first === undefined) return undefined
  const names = pickleFiles.length === 1 ? first : `${first} and ${pickleFiles.length - 1} more`
  // Of a repo that has safetensors, pickles come only to who asks for them.
  const isOwnChoice = leftOut.some(({ reason }) => reason === 'excluded' || reason === 'not included')
  const isAlone = !isOwnChoice && !files.some(({ path }) => path.endsWith('.safetensors'))
  const instead = isAlone ? '; there are no safetensors here' : ''
  return `note: ${names}: a pickle format, which may run code when it is loaded${instead}`
}

/** What came of a download: `acme/tiny: 2 files, 6.0 MiB fetched and verified`. */
export function doneText(
  name: string,
  { fileCount, fetchedBytes, wasComplete }: Pick<DoneDetail, 'fileCount' | 'fetchedBytes' | 'wasComplete'>,
): string {
  const what = wasComplete ? 'all here already' : `${formatBytes(fetchedBytes)} fetched and verified`
  return `${name}: ${countText(fileCount, 'file')}, ${what}`
}

/** @example countText(1, 'file') // '1 file' */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function gateText({ state, nextStep }: Extract<DownloadEvent, { type: 'waiting' }>, now: Date): string {
  const sentence = state === undefined ? '' : ` ${accessBadge(state).sentence}`
  // Of who is waited for already there is nothing more to be asked.
  const next = nextStep === undefined || state === 'pending' ? '' : `. Next: ${nextStep.text}: ${nextStep.url}`
  return `the gate is shut:${sentence} Looking again now and then (${now.toTimeString().slice(0, 5)}); Ctrl-C stops${next}`
}

/** Why nothing comes for a while. */
export function waitText(event: Extract<DownloadEvent, { type: 'waiting' }>, now: Date): string {
  const { reason, path, delayMs } = event
  const file = path === undefined ? '' : ` (${stripControlCharacters(path)})`
  const left = delayMs === undefined || delayMs < 1000 ? '' : `; going on in ${formatDuration(delayMs / 1000)}`
  switch (reason) {
    case 'rate-limit':
      return `the Hub asks to slow down${file}${left}`
    case 'retry':
      return `the connection failed${file}${left}`
    case 'stalled':
      return `a connection has gone silent${file}; trying another`
    case 'network':
      return 'the network is away; going on as soon as it is back, if that is within 2 minutes'
    case 'other-process':
      return 'another hubgate fetches this model; waiting for it'
    case 'access':
      return gateText(event, now)
  }
}
