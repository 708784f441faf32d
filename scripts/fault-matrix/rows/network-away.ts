import { setTimeout as sleep } from 'node:timers/promises'
import type { DownloadEvent } from '@hubgate/core/download'
import { computedContent } from 'hub-emulator'
import { type Files, stageDownload } from '../../../packages/core/test/download/stage.ts'
import { truthOf } from '../judge-cache.ts'
import { passThrough } from '../pass-through.ts'
import { type Case, type Seen, spread, type Trouble } from '../trouble.ts'

const MIB = 1024 * 1024
const files: Files = {
  'config.json': '{"a":1}',
  'model.safetensors': { content: computedContent(8 * MIB, 'weights') },
}
const hosts = ['hub', 'cdn'] as const

export const networkAway: Trouble = {
  title: 'the network goes away in mid-transfer, for 1, 5 and 20 s and for good',
  atOnce: 4,
  count: Infinity,
  shortCount: 1,
  cases: ({ count }) =>
    Promise.resolve(
      spread(
        [1, 5, 20, Infinity].map((seconds): Case => ({ name: `for ${seconds} s`, run: () => goAway(seconds) })),
        count,
      ),
    ),
}

async function goAway(seconds: number): Promise<Seen> {
  const throttled = { when: { host: 'cdn' }, fault: { kind: 'throttle', bytesPerSecond: 2 * MIB } } as const
  await using stage = await stageDownload(files, {}, { faults: [throttled] })
  const { admin } = stage.hub
  const comeBack = async (): Promise<void> => void (await Promise.all(hosts.map((host) => admin.accept({ host }))))
  let isAway = false
  const onEvent = (event: DownloadEvent): void => {
    if (isAway || event.type !== 'progress' || event.doneBytes < 2 * MIB) return
    isAway = true
    for (const host of hosts) void admin.refuse({ host })
    if (seconds < Infinity) void sleep(seconds * 1000).then(comeBack)
  }
  return await passThrough({
    stage,
    truth: await truthOf(files),
    options: { onEvent },
    mend: comeBack,
    endings: [seconds < Infinity ? 'done' : 'ERR_HUB_UNREACHABLE'],
  })
}
