import path from 'node:path'
import type { DownloadSnapshotOptions } from '@hubgate/core/download'
import { type FailingDiskOptions, failingDisk } from '../../../packages/core/test/cache/failing-disk.ts'
import { type DownloadStage, stageDownload } from '../../../packages/core/test/download/stage.ts'
import { truthOf } from '../judge-cache.ts'
import { passThrough } from '../pass-through.ts'
import { smallRepo } from '../small-repo.ts'
import { type Case, type Seen, spread, type Trouble } from '../trouble.ts'

/** How files may be laid, and the options that make it so. */
const layouts: Readonly<Record<string, (stage: DownloadStage) => Partial<DownloadSnapshotOptions>>> = {
  links: () => ({}),
  'no links': () => ({ canLink: false }),
  'local folder': ({ home }) => ({ localFolder: path.join(home, 'mine') }),
}

export const diskFailures: Trouble = {
  title:
    'each operation on disk in turn fails once (EIO): mkdir, open, write, truncate, sync, rename, link, copy, remove',
  atOnce: 4,
  count: Infinity,
  shortCount: 6,
  cases: ({ count }) => everyOperation(count, { code: 'EIO' }, 'ERR_WRITE'),
}

export const fullDisks: Trouble = {
  title: 'the disk is full from the n-th operation on (ENOSPC), for every n',
  atOnce: 4,
  count: Infinity,
  shortCount: 6,
  cases: ({ count }) => everyOperation(count, { code: 'ENOSPC', staysBroken: true }, 'ERR_NO_SPACE'),
}

async function everyOperation(count: number, failing: FailingDiskOptions, code: string): Promise<readonly Case[]> {
  const cases: Case[] = []
  for (const layout of Object.keys(layouts)) {
    const disk = failingDisk(Infinity)
    await breakOne(layout, disk, 'done')
    for (let n = 1; n <= disk.operations(); n += 1)
      cases.push({ name: `${layout}, operation ${n}`, run: () => breakOne(layout, failingDisk(n, failing), code) })
  }
  return spread(cases, count)
}

async function breakOne(layout: string, disk: ReturnType<typeof failingDisk>, code: string): Promise<Seen> {
  await using stage = await stageDownload(smallRepo)
  const common = layouts[layout]?.(stage) ?? {}
  const seen = await passThrough({
    stage,
    truth: await truthOf(smallRepo),
    common,
    options: { disk },
    endings: ['done', code],
  })
  const failed = disk.failed()
  return seen.ending === 'done' && failed !== undefined
    ? { ...seen, ending: `done in spite of a failed ${failed}` }
    : seen
}
