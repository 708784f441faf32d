import path from 'node:path'
import { expect, test } from 'vitest'
import {
  blobPath,
  journalPath,
  leftoverKind,
  linkTarget,
  noExistPath,
  parseRepoFolderName,
  partialPath,
  pointerPath,
  refPath,
  repoFolderName,
  scratchPath,
  snapshotPath,
} from '../../src/cache/layout.ts'

const sha1 = '2222222222222222222222222222222222222222'
const sha256 = '4'.repeat(64)
const commit = '1234567890123456789012345678901234567890'

test('layout names every place as hub-protocol 8.4 does', () => {
  expect(repoFolderName('acme/tiny-8b')).toBe('models--acme--tiny-8b')
  expect(repoFolderName('gpt2')).toBe('models--gpt2')
  expect(repoFolderName('acme/set', 'dataset')).toBe('datasets--acme--set')
  expect(blobPath('/r', sha1)).toBe(`/r/blobs/${sha1}`)
  expect(partialPath('/r', sha256)).toBe(`/r/blobs/${sha256}.hubgate.incomplete`)
  expect(journalPath('/r', sha256)).toBe(`/r/blobs/${sha256}.hubgate.journal.incomplete`)
  expect(snapshotPath('/r', commit)).toBe(`/r/snapshots/${commit}`)
  expect(pointerPath('/r', commit, 'onnx/model.onnx')).toBe(`/r/snapshots/${commit}/onnx/model.onnx`)
  expect(refPath('/r', 'refs/pr/1')).toBe('/r/refs/refs/pr/1')
  expect(noExistPath('/r', commit, 'a/b')).toBe(`/r/.no_exist/${commit}/a/b`)
})

test.each([
  ['config.json', '../../blobs/'],
  ['onnx/model.onnx', '../../../blobs/'],
  ['a/b/c/d.bin', '../../../../../blobs/'],
])('linkTarget() climbs once more for each folder of %s', (filePath, up) => {
  expect(linkTarget(filePath, sha1)).toBe(`${up}${sha1}`)
})

test('parseRepoFolderName() reads what repoFolderName() wrote, and nothing else', () => {
  expect(parseRepoFolderName('models--acme--tiny-8b')).toEqual({ type: 'model', id: 'acme/tiny-8b' })
  expect(parseRepoFolderName('spaces--gpt2')).toEqual({ type: 'space', id: 'gpt2' })
  for (const name of ['.locks', 'blobs', 'models--', 'kernels--a--b', 'models-a']) {
    expect(parseRepoFolderName(name)).toBeUndefined()
  }
})

test.each(['../x', 'a/b/c', 'a/..', 'a--b', '', 'a/b\0', '/etc'])('repoFolderName() refuses %j', (id) => {
  expect(() => repoFolderName(id)).toThrow(TypeError)
})

test.each([
  '*'.repeat(64),
  '../../etc/passwd',
  sha1.toUpperCase().replaceAll('2', 'A'),
  `${sha1}/`,
  '',
  'a'.repeat(63),
])('blobPath() refuses %j as an etag', (etag) => {
  expect(() => blobPath('/r', etag)).toThrow(TypeError)
  expect(() => partialPath('/r', etag)).toThrow(TypeError)
})

test('snapshotPath() refuses a branch, and refPath() and pointerPath() a way out', () => {
  expect(() => snapshotPath('/r', 'main')).toThrow(TypeError)
  expect(() => refPath('/r', '../x')).toThrow(expect.objectContaining({ code: 'ERR_UNSAFE_PATH' }))
  expect(() => pointerPath('/r', commit, '/etc/x')).toThrow(expect.objectContaining({ code: 'ERR_UNSAFE_PATH' }))
})

test('leftoverKind() tells our leftovers from those of other tools, and blobs from both', () => {
  expect(leftoverKind(path.basename(partialPath('/r', sha1)))).toBe('partial')
  expect(leftoverKind(path.basename(journalPath('/r', sha1)))).toBe('journal')
  expect(leftoverKind(path.basename(scratchPath('/r', 'ab12')))).toBe('scratch')
  expect(leftoverKind(`${sha1}.0a1b2c3d.incomplete`)).toBe('other-tool')
  expect(leftoverKind(`${sha1}.incomplete`)).toBe('other-tool')
  expect(leftoverKind(sha1)).toBeUndefined()
})
