import type { AgainRow } from './again.ts'
import type { HugeFileRow } from './huge-file.ts'
import type { SmallFilesRow } from './small-files.ts'
import type { Target } from './targets.ts'
import type { ThrottledRow } from './throttled.ts'
import type { WholeFileRow } from './whole-file.ts'

export interface DownloadResult {
  /** As `os.loadavg()` gives it. */
  readonly load: { readonly before: readonly number[]; readonly after: readonly number[] }
  readonly wholeFile: readonly WholeFileRow[]
  readonly throttled: readonly ThrottledRow[]
  readonly smallFiles: readonly SmallFilesRow[]
  readonly hugeFile: readonly HugeFileRow[] | undefined
  readonly again: readonly AgainRow[]
  readonly targets: readonly Target[]
}

export function asMarkdown(result: DownloadResult): string {
  return [
    ...introduction(result),
    ...wholeFileTables(result.wholeFile),
    ...section('20 MB/s a connection', throttledTable(result)),
    ...section('80 ms before each answer, 200 files of 8 KiB', smallFilesTable(result)),
    ...(result.hugeFile ?? []).flatMap(hugeFileText),
    ...section('Again, with nothing to do', againTable(result)),
    ...section('What was aimed at', targetsTable(result)),
  ].join('\n')
}

function introduction({ load }: DownloadResult): string[] {
  return [
    '# How fast a model is there',
    '',
    'Made by `npm run bench -- download`; machine and day are in `result.json`. All of it over plain HTTP, from a server on the same machine',
    '(`static-hub.py`: bodies by `sendfile`): no Xet server stands here, so nothing is said about Xet. Processes are measured whole, in turn; the',
    `median counts. Load of the machine: ${load.before[0]?.toFixed(1)} before, ${load.after[0]?.toFixed(1)} after.`,
    '',
    '"hubgate faster" is the time of that row over the time of `hubgate get` in the same round, plain HTTP.',
    '',
  ]
}

function section(title: string, lines: readonly string[]): string[] {
  return [`## ${title}`, '', ...lines]
}

function throttledTable({ throttled }: DownloadResult): string[] {
  const head = ['', 'connections', 'ms', 'MB/s', 'of the line, plain HTTP']
  return table(
    head,
    throttled.map((row) => [row.name, row.connections, row.medianMs, row.megabytesPerSecond, row.share]),
  )
}

function smallFilesTable({ smallFiles }: DownloadResult): string[] {
  const head = ['', 'ms', 'requests', 'hubgate faster, plain HTTP']
  return table(
    head,
    smallFiles.map((row) => [row.name, row.medianMs, row.requests, row.hubgateFaster]),
  )
}

function againTable({ again }: DownloadResult): string[] {
  const head = ['', 'ms', 'over an empty Node, ms', 'requests', 'bytes of answers']
  return table(
    head,
    again.map((row) => [row.name, row.medianMs, row.overEmptyNodeMs, row.requests, row.bytes]),
  )
}

function targetsTable({ targets }: DownloadResult): string[] {
  return table(
    ['', 'measured, plain HTTP', 'aim', 'met'],
    targets.map((row) => [row.what, row.measured, aimOf(row), row.isMet ? 'yes' : '**no**']),
  )
}

function aimOf({ isMost, limit }: Target): string {
  return `${isMost ? '≤' : '≥'} ${limit}`
}

function wholeFileTables(rows: readonly WholeFileRow[]): string[] {
  return [...Map.groupBy(rows, ({ place }) => place)].flatMap(([place, own]) => [
    `## 2 GiB, onto ${place}`,
    '',
    ...table(
      ['', 'verified', 'ms', 'least', 'most', 'MiB/s', 'CPU s/GiB', 'peak MiB', 'hubgate faster, plain HTTP'],
      own.map((row) => [
        row.name,
        row.verified ? 'yes' : 'no',
        row.medianMs,
        row.minMs,
        row.maxMs,
        row.mibPerSecond,
        row.cpuSecondsPerGiB,
        row.peakMiB,
        row.hubgateFaster,
      ]),
    ),
  ])
}

function hugeFileText({ gibibytes, wallMs, cpuSecondsPerGiB, peakMiB }: HugeFileRow): string[] {
  return [
    `## ${gibibytes} GiB`,
    '',
    `\`downloadSnapshot()\` over 8 connections, into memory: peak ${peakMiB} MiB, ${cpuSecondsPerGiB} CPU s/GiB, ${Math.round(wallMs / 1000)} s. All bytes come over the`,
    'line and are hashed as they are read back; but 4 KiB in every 64 MiB only are not zeros, and blocks of zeros are left as holes instead of',
    'written, since there is no room for the whole. So time and CPU leave the writing out; memory does not.',
    '',
  ]
}

function table(head: readonly string[], rows: readonly Cells[]): string[] {
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line), '']
}

type Cells = readonly (string | number)[]

function line(cells: Cells): string {
  return `| ${cells.join(' | ')} |`
}
