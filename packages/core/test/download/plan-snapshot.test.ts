import { expect, test } from 'vitest'
import { planSnapshot, type RemoteFile, remoteFiles } from '../../src/download/plan-snapshot.ts'

const hash = (digit: string): string => digit.repeat(64)
const files: readonly RemoteFile[] = [
  { path: 'config.json', sizeBytes: 500, etag: 'c'.repeat(40) },
  { path: 'model-00001-of-00002.safetensors', sizeBytes: 1000, etag: hash('1') },
  { path: 'model-00002-of-00002.safetensors', sizeBytes: 2000, etag: hash('2') },
  { path: 'tf_model.h5', sizeBytes: 7000, etag: hash('7') },
]

test('planSnapshot() keeps what is there, resumes what is begun, fetches the rest, and counts the bytes', () => {
  const plan = planSnapshot(files, {
    present: {
      blobBytes: new Map([['c'.repeat(40), 500]]),
      partialBytes: new Map([[hash('2'), 1500]]),
    },
  })
  expect(plan.files.map(({ path, action }) => [path, action])).toEqual([
    ['config.json', 'keep'],
    ['model-00001-of-00002.safetensors', 'fetch'],
    ['model-00002-of-00002.safetensors', 'resume'],
  ])
  expect(plan).toMatchObject({ sizeBytes: 3500, fetchBytes: 1500, pickleFiles: [] })
  expect(plan.leftOut).toEqual([{ reason: 'other format', count: 1, sizeBytes: 7000 }])
})

test('planSnapshot() fetches a blob of the wrong size again, and never counts more than a file holds', () => {
  const plan = planSnapshot(files, {
    present: {
      blobBytes: new Map([[hash('1'), 999]]),
      partialBytes: new Map([[hash('2'), 9999]]),
    },
  })
  expect(plan.files.map(({ action }) => action)).toEqual(['fetch', 'fetch', 'resume'])
  expect(plan.fetchBytes).toBe(1500)
})

test('planSnapshot() counts content that two paths share once', () => {
  const plan = planSnapshot([
    { path: 'a.json', sizeBytes: 10, etag: hash('a') },
    { path: 'b.json', sizeBytes: 10, etag: hash('a') },
  ])
  expect(plan).toMatchObject({ sizeBytes: 10, fetchBytes: 10 })
  expect(plan.files).toHaveLength(2)
})

test('planSnapshot() names pickle files where they are what a repo has', () => {
  const pickles = files.map((file) => ({ ...file, path: file.path.replace('safetensors', 'bin') }))
  expect(planSnapshot(pickles).pickleFiles).toEqual(['model-00001-of-00002.bin', 'model-00002-of-00002.bin'])
})

test('planSnapshot() refuses a chosen file with a dangerous name, and looks at no other', () => {
  const hostile = [...files, { path: '../../x', sizeBytes: 1, etag: hash('e') }]
  expect(() => planSnapshot(hostile)).toThrow(expect.objectContaining({ code: 'ERR_UNSAFE_PATH' }))
  expect(planSnapshot(hostile, { choice: { exclude: ['../*'] } }).files).toHaveLength(3)
})

test('remoteFiles() files LFS content under its SHA-256, small files under their git SHA-1, masked ones under nothing', () => {
  const oid = 'd'.repeat(40)
  expect(
    remoteFiles([
      { type: 'directory', path: 'onnx', oid },
      { type: 'file', path: 'config.json', sizeBytes: 5, oid },
      { type: 'file', path: 'model.safetensors', sizeBytes: 9, oid, lfs: { sha256: hash('9'), sizeBytes: 9 } },
      { type: 'file', path: 'masked.safetensors', sizeBytes: 9, oid, lfs: { sizeBytes: 9 } },
    ]),
  ).toEqual([
    { path: 'config.json', sizeBytes: 5, etag: oid },
    { path: 'model.safetensors', sizeBytes: 9, etag: hash('9') },
    { path: 'masked.safetensors', sizeBytes: 9, etag: undefined },
  ])
})

test('remoteFiles() takes what two pages say in the same words for one file, and leaves a contradiction to be refused', () => {
  const config = { type: 'file', path: 'config.json', sizeBytes: 5, oid: 'd'.repeat(40) } as const
  expect(remoteFiles([config, { ...config }])).toHaveLength(1)
  const contradiction = remoteFiles([config, { ...config, oid: 'e'.repeat(40) }])
  expect(() => planSnapshot(contradiction)).toThrow(expect.objectContaining({ code: 'ERR_UNSAFE_PATH' }))
})
