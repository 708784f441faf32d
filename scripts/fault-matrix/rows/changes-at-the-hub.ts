import type { DownloadEvent } from '@hubgate/core/download'
import { computedContent } from 'hub-emulator'
import { type DownloadStage, type Files, stageDownload } from '../../../packages/core/test/download/stage.ts'
import { truthOf } from '../judge-cache.ts'
import { passThrough } from '../pass-through.ts'
import { type Case, type Seen, spread, type Trouble } from '../trouble.ts'

const MIB = 1024 * 1024
const files: Files = {
  'config.json': '{"a":1}',
  'model-00001-of-00002.safetensors': { content: computedContent(6 * MIB, 'the first shard') },
  'model-00002-of-00002.safetensors': { content: computedContent(5 * MIB, 'the second shard') },
}
const model = 'acme/tiny'
const ada = { model, user: 'ada' }

interface Change {
  readonly what: string
  readonly act: (stage: DownloadStage) => void
  /** As if nothing had happened; `undefined` where the change stays. */
  readonly undo?: (stage: DownloadStage) => void
  readonly ending: string
}

const changes: readonly Change[] = [
  {
    what: 'the token is revoked',
    act: ({ hub }) => hub.admin.revokeToken({ token: 'hf_test_ada_read' }),
    undo: ({ hub }) =>
      void hub.admin.createToken({ account: 'ada', value: 'hf_test_ada_read', role: 'read', displayName: 'again' }),
    ending: 'ERR_TOKEN_INVALID',
  },
  {
    what: 'access is withdrawn: rejected',
    act: ({ hub }) => hub.admin.reject(ada),
    undo: ({ hub }) => hub.admin.approve(ada),
    ending: 'ERR_ACCESS_REFUSED',
  },
  {
    what: 'access is withdrawn: reset',
    act: ({ hub }) => hub.admin.reset(ada),
    undo: ({ hub }) => hub.admin.approve(ada),
    ending: 'ERR_ACCESS_REFUSED',
  },
  {
    what: 'the model becomes private',
    act: ({ hub }) => hub.admin.setPrivate({ model, private: true }),
    undo: ({ hub }) => hub.admin.setPrivate({ model, private: false }),
    ending: 'ERR_MODEL_NOT_FOUND',
  },
  {
    what: 'the model is taken down',
    act: ({ hub }) => hub.admin.setDisabled({ model, disabled: true }),
    undo: ({ hub }) => hub.admin.setDisabled({ model, disabled: false }),
    ending: 'ERR_MODEL_DISABLED',
  },
  {
    what: 'the repo is renamed',
    act: ({ hub }) => hub.admin.rename({ model, to: 'acme/renamed' }),
    ending: 'done',
  },
  {
    what: 'main moves to another commit with other bytes',
    act: ({ hub }) =>
      void hub.admin.commit({
        model,
        files: { 'config.json': '{"b":2}', 'model-00001-of-00002.safetensors': 'other' },
      }),
    undo: ({ hub }) => {
      const before = hub.admin.commits({ model })[1] ?? ''
      hub.admin.moveRef({ model, ref: 'refs/heads/main', to: before })
    },
    ending: 'done',
  },
  {
    what: 'a file is deleted',
    act: ({ hub }) => void hub.admin.commit({ model, files: { 'model-00002-of-00002.safetensors': null } }),
    undo: ({ hub }) => {
      const before = hub.admin.commits({ model })[1] ?? ''
      hub.admin.moveRef({ model, ref: 'refs/heads/main', to: before })
    },
    ending: 'done',
  },
]

export const changesAtTheHub: Trouble = {
  title:
    'in mid-transfer: token revoked, access withdrawn, model private or taken down, renamed, moved, a file deleted',
  atOnce: 4,
  count: Infinity,
  shortCount: 4,
  cases: ({ count }) =>
    Promise.resolve(
      spread(
        changes.flatMap((change) =>
          [0.1, 0.5, 0.9].map(
            (share): Case => ({ name: `${change.what}, after ${share * 100} %`, run: () => changeAt(change, share) }),
          ),
        ),
        count,
      ),
    ),
}

/** The CDN takes no signature any more from the change on, so that the Hub is asked again. */
async function changeAt({ act, undo, ending }: Change, share: number): Promise<Seen> {
  const throttled = { when: { host: 'cdn' }, fault: { kind: 'throttle', bytesPerSecond: 3 * MIB } } as const
  await using stage = await stageDownload(files, { gated: 'manual' }, { faults: [throttled] })
  const { hub } = stage
  hub.admin.approve(ada)
  let isChanged = false
  const onEvent = (event: DownloadEvent): void => {
    if (isChanged || event.type !== 'progress' || event.doneBytes < share * event.sizeBytes) return
    isChanged = true
    act(stage)
    const when = { host: 'cdn', ...(ending === 'done' ? { count: 2 } : {}) } as const
    hub.admin.setFaults({ rules: [{ when, fault: { kind: 'expired' } }, throttled] })
  }
  return await passThrough({
    stage,
    truth: await truthOf(files),
    options: { onEvent },
    mend: () => {
      undo?.(stage)
      hub.admin.setFaults({ rules: [] })
    },
    // Whatever was signed before stays good: with little left to fetch nobody may ask again.
    endings: share > 0.5 ? [ending, 'done'] : [ending],
  })
}
