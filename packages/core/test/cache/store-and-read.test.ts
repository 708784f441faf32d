import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { lstat, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { findBlob, placeBlob } from '../../src/cache/blobs.ts'
import { blobPath, blobsPath, partialPath, pointerPath, refPath, snapshotPath } from '../../src/cache/layout.ts'
import { isKnownMissing, markMissing } from '../../src/cache/no-exist.ts'
import { findPointer, linkBlob, makeSnapshotFolders } from '../../src/cache/pointers.ts'
import { readRef, writeRef } from '../../src/cache/refs.ts'
import { openRepoCache, type RepoCache } from '../../src/cache/repo-cache.ts'
import { failingDisk } from './failing-disk.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

const commit = 'c'.repeat(40)
const content = Buffer.from('the bytes of a model')
const etag = createHash('sha256').update(content).digest('hex')
const repoId = 'acme/tiny-8b'

async function writePartial(cache: RepoCache, bytes: Buffer = content, name = etag): Promise<void> {
  await using file = await cache.disk.open(partialPath(cache.folder, name))
  await file.write(bytes, 0)
}

/** What a download of one file under two paths does to the disk. */
async function store(cache: RepoCache, filePaths: readonly string[] = ['model.bin', 'a/b/model.bin']): Promise<void> {
  await writePartial(cache)
  await placeBlob(cache, { etag, sizeBytes: content.length })
  await makeSnapshotFolders(cache.folder, commit, filePaths)
  await linkBlob(cache, { etag, commitHash: commit, filePaths, isNew: true })
  await writeRef(cache, 'main', commit)
}

test('a stored file is found by blob, by path and by ref, through relative links', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await openRepoCache({ hubCache: hub.path, repoId })
  expect(cache.canLink).toBe(true)
  await store(cache)

  expect(await findBlob(cache.folder, etag)).toEqual({ path: blobPath(cache.folder, etag), sizeBytes: content.length })
  expect(await readlink(pointerPath(cache.folder, commit, 'model.bin'))).toBe(`../../blobs/${etag}`)
  expect(await readlink(pointerPath(cache.folder, commit, 'a/b/model.bin'))).toBe(`../../../../blobs/${etag}`)
  expect(await readFile(pointerPath(cache.folder, commit, 'a/b/model.bin'))).toEqual(content)
  expect(await readRef(cache.folder, 'main')).toBe(commit)
  expect(await readFile(refPath(cache.folder, 'main'), 'utf8')).toBe(commit)
  expect(await readdir(blobsPath(cache.folder))).toEqual([etag])
  expect((await readdir(hub.path)).toSorted()).toEqual(['CACHEDIR.TAG', 'models--acme--tiny-8b'])
  expect(await readFile(path.join(hub.path, 'CACHEDIR.TAG'), 'utf8')).toMatch(
    /^Signature: 8a477f597d28d172789f06886806bc55\n/,
  )
})

test.each([0o002, 0o077])(
  'openRepoCache() and placeBlob() give blobs the mode 0666 less the umask %o',
  async (mask) => {
    await using hub = await createTemporaryFolder()
    const before = process.umask(mask)
    try {
      const cache = await openRepoCache({ hubCache: hub.path, repoId })
      await store(cache)
      expect((await stat(blobPath(cache.folder, etag))).mode & 0o777).toBe(0o666 & ~mask)
      expect((await stat(refPath(cache.folder, 'main'))).mode & 0o777).toBe(0o666 & ~mask)
    } finally {
      process.umask(before)
    }
  },
)

test('without links the new blob lies in the snapshot, and no second copy of it in blobs', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await openRepoCache({ hubCache: hub.path, repoId, canLink: false })
  await store(cache)
  for (const filePath of ['model.bin', 'a/b/model.bin']) {
    const pointer = pointerPath(cache.folder, commit, filePath)
    expect((await lstat(pointer)).isFile()).toBe(true)
    expect(await readFile(pointer)).toEqual(content)
  }
  expect(await readdir(blobsPath(cache.folder))).toEqual([])
})

test('without links a blob that was there before is copied, never moved away from others', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await openRepoCache({ hubCache: hub.path, repoId, canLink: false })
  await writeFile(blobPath(cache.folder, etag), content)
  await makeSnapshotFolders(cache.folder, commit, ['x'])
  await linkBlob(cache, { etag, commitHash: commit, filePaths: ['x'], isNew: false })
  expect(await readFile(pointerPath(cache.folder, commit, 'x'))).toEqual(content)
  expect(await readdir(blobsPath(cache.folder))).toEqual([etag])
})

test('openRepoCache() finds out by trying that links cannot be made', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await openRepoCache({ hubCache: hub.path, repoId, disk: failingDisk(1, 'EPERM') })
  expect(cache.canLink).toBe(false)
  expect(await readdir(blobsPath(cache.folder))).toEqual([])
})

test('placeBlob() keeps nothing under a true name when the size is not what was announced', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await openRepoCache({ hubCache: hub.path, repoId })
  await writePartial(cache)
  await expect(placeBlob(cache, { etag, sizeBytes: content.length + 1 })).rejects.toMatchObject({
    code: 'ERR_INTEGRITY',
  })
  expect(await findBlob(cache.folder, etag)).toBeUndefined()
  expect(existsSync(partialPath(cache.folder, etag))).toBe(true)
})

test('placeBlob() replaces damaged content that bore the name', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await openRepoCache({ hubCache: hub.path, repoId })
  await writeFile(blobPath(cache.folder, etag), 'cut')
  await writePartial(cache)
  await placeBlob(cache, { etag, sizeBytes: content.length })
  expect(await readFile(blobPath(cache.folder, etag))).toEqual(content)
})

async function heldByAReader(): Promise<never> {
  throw Object.assign(new Error('EPERM: a reader holds it'), { code: 'EPERM' })
}

test('placeBlob() takes a blob of the right size for placed where the system will not replace it', async () => {
  await using hub = await createTemporaryFolder()
  const open = await openRepoCache({ hubCache: hub.path, repoId })
  const cache: RepoCache = { ...open, disk: { ...open.disk, rename: heldByAReader } }
  await writePartial(cache)
  await expect(placeBlob(cache, { etag, sizeBytes: content.length })).rejects.toMatchObject({ code: 'EPERM' })
  await writeFile(blobPath(cache.folder, etag), content)
  await placeBlob(cache, { etag, sizeBytes: content.length })
  expect(await readdir(blobsPath(cache.folder))).toEqual([etag])
})

test('findBlob() follows the links into the store that huggingface_hub 2 shares between repos', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await openRepoCache({ hubCache: hub.path, repoId })
  await mkdir(path.join(hub.path, 'blobs', 'ab'), { recursive: true })
  await writeFile(path.join(hub.path, 'blobs', 'ab', 'abc'), content)
  await symlink('../../blobs/ab/abc', blobPath(cache.folder, etag))
  expect((await findBlob(cache.folder, etag))?.sizeBytes).toBe(content.length)
})

test('linkBlob() replaces a pointer that leads elsewhere, a dangling one and a plain file; leaves a right one alone', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await openRepoCache({ hubCache: hub.path, repoId })
  await store(cache, ['right'])
  const at = (name: string): string => pointerPath(cache.folder, commit, name)
  await symlink('../../blobs/other', at('dangling'))
  await symlink('/etc/hostname', at('outside'))
  await writeFile(at('plain'), 'old')
  const before = await lstat(at('right'))
  const filePaths = ['right', 'dangling', 'outside', 'plain']
  await linkBlob(cache, { etag, commitHash: commit, filePaths, isNew: false })
  for (const name of filePaths) expect(await readlink(at(name))).toBe(`../../blobs/${etag}`)
  expect((await lstat(at('right'))).ino).toBe(before.ino)
  expect(await readdir(blobsPath(cache.folder))).toEqual([etag])
})

test('makeSnapshotFolders() refuses a folder that is a link out of the snapshot', async () => {
  await using hub = await createTemporaryFolder()
  await using outside = await createTemporaryFolder()
  const cache = await openRepoCache({ hubCache: hub.path, repoId })
  await makeSnapshotFolders(cache.folder, commit, [])
  await symlink(outside.path, path.join(snapshotPath(cache.folder, commit), 'onnx'))
  await expect(makeSnapshotFolders(cache.folder, commit, ['onnx/deep/model.onnx'])).rejects.toMatchObject({
    code: 'ERR_UNSAFE_PATH',
    details: { path: 'onnx' },
  })
  expect(await readdir(outside.path)).toEqual([])
})

test('makeSnapshotFolders() makes each of many folders once, and may be called again', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await openRepoCache({ hubCache: hub.path, repoId })
  const filePaths = Array.from({ length: 100_000 }, (_, n) => `d${n % 40}/e/f${n % 5}/${n}`)
  await makeSnapshotFolders(cache.folder, commit, filePaths)
  await makeSnapshotFolders(cache.folder, commit, filePaths)
  expect(await readdir(snapshotPath(cache.folder, commit))).toHaveLength(40)
})

test('readRef() returns undefined for a ref never written, and for one that holds no commit hash', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await openRepoCache({ hubCache: hub.path, repoId })
  expect(await readRef(cache.folder, 'main')).toBeUndefined()
  expect(await readRef(cache.folder, commit)).toBe(commit)
  await mkdir(path.dirname(refPath(cache.folder, 'main')))
  await writeFile(refPath(cache.folder, 'main'), `${commit}\n`)
  expect(await readRef(cache.folder, 'main')).toBeUndefined()
  expect(await readRef(cache.folder, 'main/below')).toBeUndefined()
})

test('writeRef() writes nested refs, moves them on, and never points to a snapshot that is not there', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await openRepoCache({ hubCache: hub.path, repoId })
  await expect(writeRef(cache, 'main', commit)).rejects.toThrow(/no snapshot folder/)
  expect(existsSync(path.join(cache.folder, 'refs'))).toBe(false)
  await makeSnapshotFolders(cache.folder, commit, [])
  await makeSnapshotFolders(cache.folder, 'd'.repeat(40), [])
  await writeRef(cache, 'refs/pr/1', commit)
  await writeRef(cache, 'refs/pr/1', 'd'.repeat(40))
  await writeRef(cache, commit, commit)
  expect(await readRef(cache.folder, 'refs/pr/1')).toBe('d'.repeat(40))
  expect(await readdir(path.join(cache.folder, 'refs'), { recursive: true })).toEqual(['refs', 'refs/pr', 'refs/pr/1'])
  expect(await readdir(blobsPath(cache.folder))).toEqual([])
})

test('markMissing() is remembered, by commit and path', async () => {
  await using hub = await createTemporaryFolder()
  const cache = await openRepoCache({ hubCache: hub.path, repoId })
  expect(await isKnownMissing(cache.folder, commit, 'a/b.json')).toBe(false)
  await markMissing(cache.folder, commit, 'a/b.json')
  await markMissing(cache.folder, commit, 'a/b.json')
  expect(await isKnownMissing(cache.folder, commit, 'a/b.json')).toBe(true)
  expect(await isKnownMissing(cache.folder, commit, 'a')).toBe(false)
})

test.each([true, false])('storing survives the failure of every single disk operation (links: %s)', async (canLink) => {
  for (let n = 1; ; n += 1) {
    await using hub = await createTemporaryFolder()
    const disk = failingDisk(n)
    const cache = await openRepoCache({ hubCache: hub.path, repoId, canLink })
    const failure = await store({ ...cache, disk }).then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error.code,
    )
    await expectNothingFalse(cache)
    if (failure === undefined) return expect(disk.operations()).toBeLessThan(n)
    expect(failure).toBe('ENOSPC')
    await store(cache)
    expect(await readFile(pointerPath(cache.folder, commit, 'a/b/model.bin'))).toEqual(content)
    expect(await readRef(cache.folder, 'main')).toBe(commit)
    expect(await readdir(blobsPath(cache.folder))).toEqual(canLink ? [etag] : [])
  }
})

/** Whatever failed: no wrong byte under a true name, no dangling pointer, no ref to nothing. */
async function expectNothingFalse(cache: RepoCache): Promise<void> {
  const blob = await findBlob(cache.folder, etag)
  if (blob !== undefined) expect(await readFile(blob.path)).toEqual(content)
  for (const filePath of ['model.bin', 'a/b/model.bin']) {
    const exists = await lstat(pointerPath(cache.folder, commit, filePath)).catch(() => undefined)
    if (exists !== undefined) expect(await findPointer(cache.folder, commit, filePath)).toBeDefined()
  }
  const ref = await readRef(cache.folder, 'main')
  if (ref !== undefined) expect((await lstat(snapshotPath(cache.folder, ref))).isDirectory()).toBe(true)
}
