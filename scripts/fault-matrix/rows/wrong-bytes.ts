import { readdir } from 'node:fs/promises'
import path from 'node:path'
import type { DownloadEvent } from '@hubgate/core/download'
import { type FaultRule, gitBlobIdOf, sha256Of } from 'hub-emulator'
import { stageDownload } from '../../../packages/core/test/download/stage.ts'
import { startGet } from '../get-process.ts'
import { contentOf, judgeCache, truthOf } from '../judge-cache.ts'
import { passThrough } from '../pass-through.ts'
import { smallRepo } from '../small-repo.ts'
import { type Case, type Seen, spread, type Trouble } from '../trouble.ts'

/** A file each of git and of the CDN, and where in it a byte is another. */
const places = [
  { path: 'config.json', at: 0, host: 'hub' },
  { path: 'tokenizer.json', at: 199_999, host: 'hub' },
  { path: 'model.safetensors', at: 0, host: 'cdn' },
  { path: 'model.safetensors', at: 1_500_000, host: 'cdn' },
  { path: 'model.safetensors', at: 3 * 1024 * 1024 + 76, host: 'cdn' },
] as const

export const wrongBytes: Trouble = {
  title: 'wrong bytes of the right length, once; and always, through `hubgate get`',
  atOnce: 2,
  count: Infinity,
  shortCount: 2,
  cases: ({ count }) =>
    Promise.resolve(
      spread(
        places.flatMap((place) =>
          [true, false].map(
            (isOnce): Case => ({
              name: `${place.path} at ${place.at}, ${isOnce ? 'once' : 'always'}`,
              run: () => (isOnce ? fetchWrongOnce(place) : getWrongAlways(place)),
            }),
          ),
        ),
        count,
      ),
    ),
}

type Place = (typeof places)[number]

function lie({ path, at, host }: Place): FaultRule {
  return { when: { host, path: `/${path}$/` }, fault: { kind: 'corrupt', at } }
}

/** The truth comes as soon as the lie is found out. */
async function fetchWrongOnce(place: Place): Promise<Seen> {
  await using stage = await stageDownload(smallRepo, {}, { faults: [lie(place)] })
  let mismatches = 0
  const onEvent = ({ type }: DownloadEvent): void => {
    if (type !== 'retry') return
    mismatches += 1
    stage.hub.admin.setFaults({ rules: [] })
  }
  const truth = await truthOf(smallRepo)
  const seen = await passThrough({ stage, truth, options: { onEvent }, endings: ['done'] })
  if (mismatches !== 1) throw new Error(`it was found out ${mismatches} times`)
  return seen
}

async function getWrongAlways(place: Place): Promise<Seen> {
  await using stage = await stageDownload(smallRepo, {}, { faults: [lie(place)] })
  const { code, stderr } = await startGet(stage).ended
  const truth = await truthOf(smallRepo)
  const problems = await judgeCache(stage.hubCache, truth, { isComplete: false })
  if (problems.length > 0) throw new Error(problems.join('; '))
  // Of other files, which were right so far, what came is kept.
  const content = contentOf(smallRepo[place.path] ?? '')
  const names = [await sha256Of(content), await gitBlobIdOf(content)]
  const blobs = await readdir(path.join(stage.hubCache, 'models--acme--tiny', 'blobs'))
  const kept = blobs.filter((blob) => names.includes(blob.split('.')[0] ?? ''))
  if (kept.length > 0) throw new Error(`kept of it: ${kept.join(', ')}`)
  if (code !== 6 || !stderr.includes(place.path)) throw new Error(`ended with ${code}: ${stderr}`)
  return { ending: 'exit 6' }
}
