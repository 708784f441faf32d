import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { computedContent, type FaultRule } from 'hub-emulator'
import { type Files, stageDownload } from '../../../packages/core/test/download/stage.ts'
import { doneEventOf, startGet } from '../get-process.ts'
import { judgeCache, judgeFolder, truthOf } from '../judge-cache.ts'
import { sentBytes } from '../sent-bytes.ts'
import { type Case, type Seen, spread, type Trouble } from '../trouble.ts'

const MIB = 1024 * 1024
const files: Files = {
  'config.json': '{"a":1}',
  'model.safetensors': { content: computedContent(12 * MIB, 'weights') },
}

/** Where the first is stopped, and the wrong byte that lies just behind: it is in the system's memory when the first wakes up. */
const STOP_AT = 3 * MIB
const WRONG_AT = STOP_AT + 300_000
/** One connection, so that it is known where it stands. */
const ofTheFirst: readonly FaultRule[] = [
  { kind: 'ignore-range' } as const,
  { kind: 'throttle', bytesPerSecond: 2 * MIB } as const,
  { kind: 'corrupt', at: WRONG_AT } as const,
].map((fault) => ({ when: { host: 'cdn' }, fault }))
const slow: FaultRule = { when: { host: 'cdn' }, fault: { kind: 'throttle', bytesPerSecond: MIB } }

/**
 * It wakes up with a file open that another process has made whole meanwhile, or is at, and with bytes in its hands that it had
 * yet to write there.
 */
export const suspended: Trouble = {
  title: 'a process is suspended (SIGSTOP) while wrong bytes come, another takes over, and the first goes on',
  atOnce: 2,
  count: Infinity,
  shortCount: 2,
  cases: ({ count }) => {
    const cases = [true, false].flatMap((isLocal) =>
      [true, false].map(
        (isOver): Case => ({
          name: `${isLocal ? 'local folder' : 'cache'}, it wakes up ${isOver ? 'when' : 'before'} the other is done`,
          run: () => suspendOne({ isLocal, isOver }),
        }),
      ),
    )
    return Promise.resolve(spread([...cases, ...cases], count))
  },
}

interface Suspension {
  readonly isLocal: boolean
  readonly isOver: boolean
}

async function suspendOne({ isLocal, isOver }: Suspension): Promise<Seen> {
  await using stage = await stageDownload(files, {}, { faults: ofTheFirst })
  const { hub, home, hubCache } = stage
  const folder = path.join(home, 'mine')
  const args = isLocal ? ['--local-dir', folder] : []
  const first = startGet(stage, args)
  await until(() => (hub.log.entries({ host: 'cdn' }).at(-1)?.bytes ?? 0) >= STOP_AT)
  first.stop()
  hub.admin.setFaults({ rules: isOver ? [] : [slow] })
  const before = sentBytes(hub)
  const second = startGet(stage, args)
  await until(() => second.output().includes('"type":"planned"'))
  if (isOver) doneEventOf(await second.ended)
  else await until(() => sentBytes(hub) >= before + MIB)
  first.goOn()
  doneEventOf(await second.ended)
  doneEventOf(await first.ended)
  const truth = await truthOf(files)
  const problems = await (isLocal ? judgeFolder(folder, truth, whole) : judgeCache(hubCache, truth, whole))
  if (problems.length > 0) throw new Error(problems.join('; '))
  return { ending: 'both ended with 0' }
}

const whole = { isComplete: true }

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(5)
}
