import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { createTemporaryFolder } from '../../../packages/core/test/cache/temporary-folder.ts'
import { type DownloadStage, stageDownload } from '../../../packages/core/test/download/stage.ts'
import { doneEventOf, type Ended, startGet } from '../get-process.ts'
import { judgeCache, truthOf } from '../judge-cache.ts'
import { smallRepo } from '../small-repo.ts'
import { type Case, type Seen, spread, type Trouble } from '../trouble.ts'

const run = promisify(execFile)

/** Of the small repo, which needs some 3.4 MB: with nothing, and with almost all of it. */
const sizesKib = [64, 256, 1024, 2048, 3072, 3264]

export const fullTmpfs: Trouble = {
  title: 'a file system of its own that is full (tmpfs), through `hubgate get`',
  atOnce: 2,
  count: Infinity,
  shortCount: 1,
  async obstacle() {
    try {
      const disk = await mountTmpfs(64)
      await disk[Symbol.asyncDispose]()
      return undefined
    } catch {
      return 'mounting a tmpfs is not permitted'
    }
  },
  cases: ({ count }) =>
    Promise.resolve(
      spread(
        sizesKib.flatMap((kib) =>
          ['cache', 'everything'].map(
            (what): Case => ({ name: `${what} on ${kib} KiB`, run: () => fillUp(kib, what === 'everything') }),
          ),
        ),
        count,
      ),
    ),
}

/** First refused before a byte, then begun all the same and broken off, then finished on a larger disk. */
async function fillUp(kib: number, isAllThere: boolean): Promise<Seen> {
  await using disk = await mountTmpfs(kib)
  await using stage = await stageDownload(smallRepo)
  const environment = {
    HF_HOME: disk.path,
    ...(isAllThere ? { HUBGATE_HOME: path.join(disk.path, 'hubgate') } : {}),
  }
  const refused = await startGet(stage, [], environment).ended
  expectNoSpace(refused)
  if (bytesAsked(stage) > 0) throw new Error('fetched before it looked at the disk')
  const brokenOff = await startGet(stage, ['--ignore-space'], environment).ended
  expectNoSpace(brokenOff)
  await expectTrue(disk.path, false)
  await run('mount', ['-o', 'remount,size=64m', disk.path])
  doneEventOf(await startGet(stage, [], environment).ended)
  await expectTrue(disk.path, true)
  return { ending: 'exit 7' }
}

function bytesAsked({ hub }: DownloadStage): number {
  return hub.log.entries({ host: 'cdn' }).length + hub.log.entries({ route: 'resolve' }).length
}

function expectNoSpace({ code, stderr }: Ended): void {
  if (code !== 7) throw new Error(`ended with ${code}: ${stderr.trim()}`)
}

async function expectTrue(hfHome: string, isComplete: boolean): Promise<void> {
  const problems = await judgeCache(path.join(hfHome, 'hub'), await truthOf(smallRepo), { isComplete })
  if (problems.length > 0) throw new Error(problems.join('; '))
}

/** Only where this user may mount. @throws where not */
async function mountTmpfs(kib: number): Promise<AsyncDisposable & { readonly path: string }> {
  if (process.platform !== 'linux') throw new Error('there is no tmpfs here')
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(await createTemporaryFolder())
  const place = path.join(folder.path, 'disk')
  await mkdir(place)
  await run('mount', ['-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', place])
  stack.defer(async () => void (await run('umount', ['-l', place])))
  const all = stack.move()
  return { path: place, [Symbol.asyncDispose]: () => all.disposeAsync() }
}
