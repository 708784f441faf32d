import { type DownloadProgress, planSnapshot } from '@hubgate/core/download'
import { expect, test } from 'vitest'
import type { Context, Sink } from '../../src/context.ts'
import { createPaint } from '../../src/views/paint.ts'
import { createProgressView } from '../../src/views/progress.ts'
import { ProgressBlock } from '../../src/views/progress-block.ts'
import { percentText, pickleText, totalText, waitText } from '../../src/views/progress-text.ts'
import { formatDuration, formatRate } from '../../src/views/quantities.ts'
import { type RunKnowledge, runHint } from '../../src/views/run-hint.ts'

const GIB = 1024 ** 3
const file = (path: string): { path: string; sizeBytes: number } => ({ path, sizeBytes: 1 })
const progress: DownloadProgress = {
  doneBytes: 2.1 * GIB,
  sizeBytes: 15 * GIB,
  bytesPerSecond: 85_300_000,
  secondsLeft: 150,
  doneFiles: 3,
  fileCount: 12,
  files: [
    { path: 'model-00001-of-00004.safetensors', state: 'fetching', sizeBytes: 4 * GIB, doneBytes: GIB },
    { path: 'evil\u001B[2J.bin', state: 'verifying', sizeBytes: 100, doneBytes: 100 },
  ],
}

test('totalText() says how far, how fast and how long, and nothing it does not know', () => {
  expect(totalText(progress)).toBe('2.1 GiB of 15.0 GiB  14%  85.3 MB/s  2min 30s left  3 of 12 files')
  expect(totalText({ ...progress, bytesPerSecond: 0, secondsLeft: undefined })).toBe(
    '2.1 GiB of 15.0 GiB  14%  3 of 12 files',
  )
})

test('percentText() never says 100% before it is', () => {
  expect([percentText(999, 1000), percentText(9999, 10_000), percentText(1, 1), percentText(0, 0)]).toEqual([
    '99%',
    '99%',
    '100%',
    '100%',
  ])
})

test('formatRate() and formatDuration() use the units people know', () => {
  expect([0, 999, 85_300_000, 1.2e9].map(formatRate)).toEqual(['0 B/s', '999 B/s', '85.3 MB/s', '1.2 GB/s'])
  expect([0.2, 59, 125, 12_000, 187_200].map(formatDuration)).toEqual(['1s', '59s', '2min 05s', '3h 20min', '2d 4h'])
})

interface Screen {
  width: number
  readonly block: ProgressBlock
  /** What was written since it was last looked at. */
  readonly written: () => string
}

function screen(width: number): Screen {
  let text = ''
  const sink: Sink = {
    write: (part) => void (text += part),
    isTerminal: true,
    canRedraw: true,
    get width() {
      return shown.width
    },
    height: 24,
    color: false,
  }
  const shown: Screen = {
    width,
    block: new ProgressBlock(sink, createPaint(false)),
    written() {
      const since = text
      text = ''
      return since
    },
  }
  return shown
}

test('ProgressBlock leaves nothing of itself behind on a screen that became narrower', () => {
  const shown = screen(80)
  shown.block.draw(progress)
  shown.written()
  shown.width = 40
  // Three lines of up to 79 columns stand on six rows now.
  shown.block.draw(progress)
  expect(shown.written().startsWith('\u001B[6A\r')).toBe(true)
  shown.block.clear()
  expect(shown.written()).toBe('\u001B[3A\r\u001B[J')
})

test('ProgressBlock draws over itself, and lets no file name steer the terminal', () => {
  const { block, written } = screen(60)
  block.draw(progress)
  expect(written()).not.toContain('\u001B[2J')
  block.draw(progress)
  expect(written().startsWith('\u001B[3A\r')).toBe(true)
  block.print('done')
  expect(written()).toBe('\u001B[3A\r\u001B[Jdone\n')
})

const deep = { path: 'a/quite/deep/folder/tokenizer.json', state: 'stalled', sizeBytes: 1000, doneBytes: 10 } as const

test.each([
  [
    80,
    'model-00001-of-00004.safetensors     ━━━━━━──────────────────  25%    4.0 GiB',
    'a/quite/deep/folder/tokenizer.json   stalled, trying again      1%     1000 B',
    '2.1 GiB of 15.0 GiB  14%  85.3 MB/s  2min 30s left  3 of 12 files',
  ],
  [
    40,
    'model-00001-o… ━━───────  25%    4.0 GiB',
    'tokenizer.json stalled,…   1%     1000 B',
    '2.1 GiB of 15.0 GiB  14%  2min 30s left',
  ],
  [14, '25%    4.0 GiB', '1%     1000 B', '14%'],
])('ProgressBlock keeps to %i columns, and shows what matters most', (width, first, second, total) => {
  const { block, written } = screen(width + 1)
  block.draw({ ...progress, files: [...progress.files.slice(0, 1), deep] })
  expect(written().replaceAll('\u001B[K', '').replace('\u001B[J', '').split('\n')).toEqual([first, second, total, ''])
})

test('a wait is counted down in place of the bar, and told once however many connections wait', () => {
  const { block, written } = screen(81)
  const waiting = { ...deep, state: 'waiting', resumesInMs: 22_400 } as const
  block.draw({ ...progress, files: [waiting] })
  expect(written()).toContain('a/quite/deep/folder/tokenizer.json   going on in 23s ')
  let told = ''
  const err = { write: (text: string) => void (told += text), isTerminal: false, canRedraw: false }
  const context = { err, now: () => new Date() } as unknown as Context
  const view = createProgressView(context, { modelId: 'a/b' }, false)
  const wait = { type: 'waiting', reason: 'rate-limit', path: 'a.bin' } as const
  for (const delayMs of [22_000, 21_900, 21_000]) view.show({ ...wait, delayMs })
  expect(told).toBe('the Hub asks to slow down (a.bin); going on in 22s\n')
  view.show({ ...wait, path: 'b.bin', delayMs: 3000 })
  expect(told.split('\n')).toHaveLength(3)
})

test('pickleText() names what may run code, and says that nothing else is there only where that is so', () => {
  const plan = planSnapshot([{ path: 'a.bin', sizeBytes: 1, etag: undefined }])
  expect(pickleText(plan)).toBe(
    'note: a.bin: a pickle format, which may run code when it is loaded; there are no safetensors here',
  )
  const both = ['a.bin', 'b.bin', 'a.safetensors'].map((path) => ({ path, sizeBytes: 1, etag: undefined }))
  expect(pickleText(planSnapshot(both))).toBeUndefined()
  const asked = [planSnapshot(both, { choice: { all: true } }), planSnapshot(both, { choice: { include: ['*.bin'] } })]
  for (const one of asked)
    expect(pickleText(one)).toBe('note: a.bin and 1 more: a pickle format, which may run code when it is loaded')
})

test('waitText() says why nothing comes', () => {
  const now = new Date()
  const waiting = { type: 'waiting', path: 'a.bin', delayMs: 12_000 } as const
  expect(waitText({ ...waiting, reason: 'rate-limit' }, now)).toBe('the Hub asks to slow down (a.bin); going on in 12s')
  const nextStep = { text: 'open the model page', url: 'https://hub.example/a/b' }
  expect(waitText({ ...waiting, reason: 'access', state: 'pending', nextStep }, now)).toMatch(
    /^the gate is shut: .*have not answered yet.*; Ctrl-C stops$/,
  )
  expect(waitText({ ...waiting, reason: 'access', state: 'terms', nextStep }, now)).toMatch(
    /not accepted the terms.*; Ctrl-C stops\. Next: open the model page: https:\/\/hub\.example\/a\/b$/,
  )
})

test('runHint() gives the line of the engine that reads the files, fit to be pasted', () => {
  const at = { modelId: 'org/name', path: '/cache dir/models--org--name/snapshots/1a' }
  const hardware = { gpus: [{ vendor: 'nvidia' }] } as unknown as NonNullable<RunKnowledge['hardware']>
  const fit = { tensorParallel: 2, contextLength: 32_768 }
  expect(runHint({ ...at, files: [file('m-Q4_K_M.gguf')] }, { fit })).toBe(
    "llama-server -m '/cache dir/models--org--name/snapshots/1a/m-Q4_K_M.gguf' -c 32768",
  )
  const weights = { ...at, files: [file('config.json'), file('model.safetensors')] }
  expect(runHint(weights, { hardware, fit })).toBe('vllm serve org/name --tensor-parallel-size 2 --max-model-len 32768')
  const architecture = 'LlamaForCausalLM'
  expect(runHint(weights, { architecture })).toBe(
    `python -c "from transformers import pipeline; print(pipeline(model='org/name')('Hello'))"`,
  )
  expect(runHint(weights, { architecture: 'WhisperForConditionalGeneration' })).toBeUndefined()
  expect(runHint({ ...at, files: [file('model.onnx')] }, { hardware, fit, architecture })).toBeUndefined()
})

test('runHint() names the folder where the id would lead to other files', () => {
  const weights = { modelId: 'org/name', files: [file('config.json'), file('model.safetensors')] }
  const architecture = 'GPT2LMHeadModel'
  const cached = '/hub/models--org--name/snapshots/1a'
  expect(runHint({ ...weights, path: cached }, { architecture, revision: 'dev' })).toContain(`model='${cached}'`)
  expect(runHint({ ...weights, path: '/my/folder' }, { architecture })).toContain(`model='/my/folder'`)
  expect(runHint({ ...weights, path: "/it's $mine" }, { architecture })).toBe(
    String.raw`python -c 'from transformers import pipeline; print(pipeline(model='\''/it\'\''s $mine'\'')('\''Hello'\''))'`,
  )
})
