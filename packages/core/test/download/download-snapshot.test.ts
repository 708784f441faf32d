import { mkdir, readdir, readFile, readlink, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { computedContent } from 'hub-emulator'
import { describe, expect, test } from 'vitest'
import { journalPath, scratchPath } from '../../src/cache/layout.ts'
import { localJournalPath } from '../../src/cache/local-folder.ts'
import { repoLeaseName } from '../../src/cache/remove.ts'
import { downloadSnapshot } from '../../src/download/download-snapshot.ts'
import type { DownloadEvent } from '../../src/download/events.ts'
import { failingDisk } from '../cache/failing-disk.ts'
import { stageDownload } from './stage.ts'

const coded = (code: string): Error => expect.objectContaining({ code }) as Error
const MIB = 1024 * 1024
const files = {
  'config.json': '{"a":1}',
  'tokenizer.json': { content: computedContent(2 * MIB, 'tokenizer'), lfs: true },
  'model.safetensors': { content: computedContent(6 * MIB + 77, 'weights') },
  'copy/model.safetensors': { content: computedContent(6 * MIB + 77, 'weights') },
  'pytorch_model.bin': { content: computedContent(6 * MIB, 'other') },
  'empty.txt': '',
}

describe('downloadSnapshot()', () => {
  test('gets what a runtime needs, verified, in the layout that all tools read, and leaves nothing else', async () => {
    await using stage = await stageDownload(files)
    const got = await downloadSnapshot('acme/tiny', stage.options())
    const [commit] = stage.hub.admin.commits({ model: 'acme/tiny' })
    expect(got).toMatchObject({ modelId: 'acme/tiny', commitHash: commit, wasComplete: false })
    const repo = path.join(stage.hubCache, 'models--acme--tiny')
    expect(got.path).toBe(path.join(repo, 'snapshots', commit ?? ''))
    expect(await readFile(path.join(got.path, 'config.json'), 'utf8')).toBe('{"a":1}')
    expect((await stat(path.join(got.path, 'model.safetensors'))).size).toBe(6 * MIB + 77)
    expect(await readFile(path.join(repo, 'refs', 'main'), 'utf8')).toBe(commit)
    const blobs = await readdir(path.join(repo, 'blobs'))
    expect(blobs.every((name) => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(name))).toBe(true)
    expect(got.files.map((file) => file.path)).not.toContain('pytorch_model.bin')
    expect(stage.events.map(({ type }) => type)).toEqual(expect.arrayContaining(['planned', 'progress', 'verified']))
  })

  test('asks one question and fetches nothing where everything is there; offline it asks none', async () => {
    await using stage = await stageDownload(files)
    const first = await downloadSnapshot('acme/tiny', stage.options())
    stage.hub.log.clear()
    const again = await downloadSnapshot('acme/tiny', stage.options())
    expect(again).toEqual({ ...first, fetchedBytes: 0, wasComplete: true })
    expect(stage.hub.log.entries()).toHaveLength(1)
    stage.hub.log.clear()
    const offline = stage.client({ HF_HUB_OFFLINE: '1' })
    expect(await downloadSnapshot('acme/tiny', stage.options({ client: offline }))).toEqual(again)
    expect(stage.hub.log.entries()).toEqual([])
  })

  test('offline it takes nothing for complete that is not, and says what it cannot know', async () => {
    await using stage = await stageDownload(files)
    const offline = stage.client({ HF_HUB_OFFLINE: '1' })
    await expect(downloadSnapshot('acme/tiny', stage.options({ client: offline }))).rejects.toThrow(
      coded('ERR_OFFLINE'),
    )
    const { path: snapshot } = await downloadSnapshot('acme/tiny', stage.options())
    await rm(path.join(snapshot, await readlink(path.join(snapshot, 'config.json'))))
    await rm(path.join(snapshot, 'config.json'))
    await expect(downloadSnapshot('acme/tiny', stage.options({ client: offline }))).rejects.toThrow(
      coded('ERR_OFFLINE'),
    )
    await rm(path.join(stage.home, 'hubgate', 'listings'), { recursive: true })
    const unsure = await downloadSnapshot('acme/tiny', stage.options({ client: offline }))
    expect(unsure.isUncertain).toBe(true)
  })

  test('takes what is here whole where the Hub cannot be reached or fails, and nothing less', async () => {
    await using stage = await stageDownload(files)
    const away = stage.client({ HF_ENDPOINT: 'http://127.0.0.1:9' })
    await expect(downloadSnapshot('acme/tiny', stage.options({ client: away }))).rejects.toThrow(
      coded('ERR_HUB_UNREACHABLE'),
    )
    const before = await downloadSnapshot('acme/tiny', stage.options())
    expect(before.isUnconfirmed).toBe(false)
    const kept = await downloadSnapshot('acme/tiny', stage.options({ client: away }))
    expect(kept).toEqual({ ...before, fetchedBytes: 0, wasComplete: true, isUnconfirmed: true })
    // More than was fetched: nobody can give that.
    const all = stage.options({ client: away, choice: { all: true } })
    await expect(downloadSnapshot('acme/tiny', all)).rejects.toThrow(coded('ERR_HUB_UNREACHABLE'))
    stage.hub.admin.setFaults({ rules: [{ when: { host: 'hub' }, fault: { kind: 'status', status: 501 } }] })
    expect(await downloadSnapshot('acme/tiny', stage.options())).toEqual(kept)
  })

  test('fetches content that several paths share once, and only what is missing', async () => {
    await using stage = await stageDownload(files)
    const choice = { all: true }
    await downloadSnapshot('acme/tiny', stage.options({ choice: { include: ['config.json', 'model.safetensors'] } }))
    stage.hub.log.clear()
    const got = await downloadSnapshot('acme/tiny', stage.options({ choice }))
    expect(got.fetchedBytes).toBe(2 * MIB + 6 * MIB)
    expect((await stat(path.join(got.path, 'copy/model.safetensors'))).size).toBe(6 * MIB + 77)
    const cdnBytes = stage.hub.log.entries({ host: 'cdn' }).reduce((sum, { bytes }) => sum + bytes, 0)
    expect(cdnBytes).toBe(2 * MIB + 6 * MIB)
  })

  test('asks the gate first, and fetches not one byte where it is shut', async () => {
    await using stage = await stageDownload(files, { gated: 'manual' })
    await expect(downloadSnapshot('acme/tiny', stage.options())).rejects.toThrow(
      expect.objectContaining({
        code: 'ERR_ACCESS_REFUSED',
        details: expect.objectContaining({ state: 'approval' }) as object,
      }) as Error,
    )
    expect(stage.hub.log.entries({ route: 'resolve' })).toEqual([])
    expect(await stage.cacheFiles()).toEqual({})
  })

  test('waits for a gate that is opened meanwhile', async () => {
    await using stage = await stageDownload({ 'config.json': '{}', 'model.safetensors': 'x' }, { gated: 'manual' })
    const onEvent = (event: { type: string }): void => {
      if (event.type === 'waiting') stage.hub.admin.setGate({ model: 'acme/tiny', gated: false })
    }
    const got = await downloadSnapshot('acme/tiny', stage.options({ whenGranted: true, onEvent }))
    expect(got.files).toHaveLength(2)
  }, 30_000)

  test('refuses by name what would be written outside, or over another file, before anything is fetched', async () => {
    for (const name of ['../../x', '/etc/x', 'a\0b', 'CON', 'config.JSON']) {
      await using stage = await stageDownload({ 'config.json': '{}', 'model.safetensors': 'x', [name]: 'evil' })
      const failed = downloadSnapshot('acme/tiny', stage.options({ choice: { all: true } }))
      await expect(failed).rejects.toThrow(coded('ERR_UNSAFE_PATH'))
      expect(stage.hub.log.entries({ route: 'resolve' })).toEqual([])
      expect(Object.keys(await stage.cacheFiles())).toEqual([])
    }
  })

  test('refuses what the disk has no room for, before the first byte, unless told to begin all the same', async () => {
    const huge = { 'model.safetensors': { content: 'x', announcedSize: 4e15, announcedSha256: 'a'.repeat(64) } }
    await using stage = await stageDownload(huge)
    await expect(downloadSnapshot('acme/tiny', stage.options())).rejects.toThrow(coded('ERR_NO_SPACE'))
    expect(stage.hub.log.entries({ route: 'resolve' })).toEqual([])
  })

  test('keeps to the commit it began with, whatever moves, is renamed or deleted meanwhile', async () => {
    await using stage = await stageDownload(files)
    const commit = stage.hub.admin.commits({ model: 'acme/tiny' })[0]
    let isChanged = false
    const onEvent = (event: { type: string }): void => {
      if (event.type !== 'planned' || isChanged) return
      isChanged = true
      stage.hub.admin.commit({ model: 'acme/tiny', files: { 'model.safetensors': 'new', 'config.json': null } })
      stage.hub.admin.rename({ model: 'acme/tiny', to: 'acme/renamed' })
    }
    const got = await downloadSnapshot('acme/tiny', stage.options({ onEvent }))
    expect(got.commitHash).toBe(commit)
    expect((await stat(path.join(got.path, 'model.safetensors'))).size).toBe(6 * MIB + 77)
  })

  test('writes into a folder of the user, uses what is there, and replaces what is not the same', async () => {
    await using stage = await stageDownload(files)
    const localFolder = path.join(stage.home, 'mine')
    const got = await downloadSnapshot('acme/tiny', stage.options({ localFolder }))
    expect(got.path).toBe(localFolder)
    expect((await stat(path.join(localFolder, 'model.safetensors'))).size).toBe(6 * MIB + 77)
    const metadata = await readFile(path.join(localFolder, '.cache/huggingface/download/config.json.metadata'), 'utf8')
    expect(metadata.split('\n')[0]).toBe(got.commitHash)
    const leftovers = (await readdir(localFolder, { recursive: true })).filter((name) => name.includes('incomplete'))
    expect(leftovers).toEqual([])
    const again = await downloadSnapshot('acme/tiny', stage.options({ localFolder }))
    expect(again).toMatchObject({ fetchedBytes: 0, wasComplete: true })
    await rm(path.join(localFolder, 'config.json'))
    const third = await downloadSnapshot('acme/tiny', stage.options({ localFolder }))
    expect(third.fetchedBytes).toBe(7)
    expect(await stage.cacheFiles()).toEqual({})
  })

  test('writes over no file of the user, unless it is what is to come', async () => {
    await using stage = await stageDownload(files)
    const localFolder = path.join(stage.home, 'mine')
    await mkdir(localFolder)
    await writeFile(path.join(localFolder, 'config.json'), 'my own')
    await writeFile(path.join(localFolder, 'empty.txt'), '')
    const options = stage.options({ localFolder, choice: { all: true } })
    await expect(downloadSnapshot('acme/tiny', options)).rejects.toMatchObject({
      code: 'ERR_WRITE',
      details: { path: 'config.json' },
    })
    expect((await readdir(localFolder, { recursive: true })).toSorted()).toEqual(['config.json', 'empty.txt'])
    expect(await readFile(path.join(localFolder, 'config.json'), 'utf8')).toBe('my own')
    await downloadSnapshot('acme/tiny', { ...options, choice: { exclude: ['config.json'] } })
    await rm(path.join(localFolder, 'config.json'))
    await downloadSnapshot('acme/tiny', options)
    // What a tool fetched is its own to replace.
    await writeFile(path.join(localFolder, 'config.json'), 'changed')
    await utimes(path.join(localFolder, 'config.json'), new Date(), new Date(Date.now() + 10_000))
    await downloadSnapshot('acme/tiny', options)
    expect(await readFile(path.join(localFolder, 'config.json'), 'utf8')).toBe('{"a":1}')
  })

  test('uses what came under a former name of the model, also half of it', async () => {
    await using stage = await stageDownload(files)
    const choice = { include: ['config.json', 'tokenizer.json'] }
    const before = await downloadSnapshot('acme/tiny', stage.options({ choice }))
    stage.hub.admin.rename({ model: 'acme/tiny', to: 'acme/renamed' })
    const after = await downloadSnapshot('acme/tiny', stage.options())
    expect(after).toMatchObject({ modelId: 'acme/renamed', renamedFrom: 'acme/tiny', path: before.path })
    expect(after.fetchedBytes).toBe(6 * MIB + 77)
    expect(await downloadSnapshot('acme/tiny', stage.options())).toMatchObject({ wasComplete: true, fetchedBytes: 0 })
  })

  test('leaves nothing over of a run that was cut off between its last steps, in the cache and in a folder', async () => {
    await using stage = await stageDownload(files)
    const localFolder = path.join(stage.home, 'mine')
    const { path: snapshot } = await downloadSnapshot('acme/tiny', stage.options())
    await downloadSnapshot('acme/tiny', stage.options({ localFolder }))
    const etag = path.basename(await readlink(path.join(snapshot, 'model.safetensors')))
    const inCache = journalPath(path.join(stage.hubCache, 'models--acme--tiny'), etag)
    const inFolder = localJournalPath(localFolder, 'model.safetensors', etag)
    const scratch = scratchPath(path.join(stage.hubCache, 'models--acme--tiny'), '0123456789abcdef')
    for (const left of [inCache, inFolder, scratch]) await writeFile(left, 'a journal')
    for (const changes of [{}, { localFolder }])
      expect(await downloadSnapshot('acme/tiny', stage.options(changes))).toMatchObject({ wasComplete: true })
    for (const left of [inCache, inFolder, scratch]) await expect(stat(left)).rejects.toThrow('ENOENT')
  })

  test.each([
    ['ENOSPC', 'ERR_NO_SPACE'],
    ['EIO', 'ERR_WRITE'],
    ['EROFS', 'ERR_WRITE'],
  ])('says in its own words what the disk says with %s', async (code, expected) => {
    await using stage = await stageDownload(files)
    const failed = downloadSnapshot('acme/tiny', stage.options({ disk: failingDisk(12, { code }) }))
    await expect(failed).rejects.toThrow(coded(expected))
  })

  test('two at once: one fetches, the other waits for it and uses what it got', async () => {
    await using stage = await stageDownload(files)
    const both = await Promise.all([
      downloadSnapshot('acme/tiny', stage.options()),
      downloadSnapshot('acme/tiny', stage.options()),
    ])
    expect(both.map(({ fetchedBytes }) => fetchedBytes).toSorted((a, b) => a - b)[0]).toBe(0)
    expect(stage.events).toContainEqual(expect.objectContaining({ type: 'waiting', reason: 'other-process' }))
  })

  test('counts in one way what another fetches and what it fetches itself', async () => {
    await using stage = await stageDownload(files)
    const name = await repoLeaseName(path.join(stage.hubCache, 'models--acme--tiny'))
    await stage.store.leases.acquire({ name, holder: 'another', ttlMs: 2500 })
    await downloadSnapshot('acme/tiny', stage.options({ choice: { all: true } }))
    const shown = stage.events.flatMap((event) => (event.type === 'progress' ? event : []))
    expect(stage.events.findIndex(({ type }) => type === 'progress')).toBeLessThan(
      stage.events.findIndex(({ type }) => type === 'planned'),
    )
    expect(new Set(shown.map(({ fileCount, sizeBytes }) => `${fileCount} files, ${sizeBytes} bytes`)).size).toBe(1)
  })

  test('ends with whatever it was aborted with, in the first question too', async () => {
    await using stage = await stageDownload(files)
    stage.hub.admin.setFaults({ rules: [{ fault: { kind: 'hang' } }] })
    const stop = new AbortController()
    const running = downloadSnapshot('acme/tiny', stage.options({ signal: stop.signal }))
    setTimeout(() => stop.abort('enough'), 100)
    await expect(running.catch((error: unknown) => ({ error }))).resolves.toEqual({ error: 'enough' })
  })

  test.each(['hubCache', 'localFolder'] as const)(
    'two at once that reach one %s by two ways: one fetches',
    async (what) => {
      await using stage = await stageDownload(files)
      await symlink('.', path.join(stage.home, 'alias'))
      const ways = [path.join(stage.home, 'place'), path.join(stage.home, 'alias', 'place')]
      const both = await Promise.all(ways.map((way) => downloadSnapshot('acme/tiny', stage.options({ [what]: way }))))
      expect(both.filter(({ fetchedBytes }) => fetchedBytes > 0)).toHaveLength(1)
    },
  )

  test('waits for who took over while it was suspended, then does what is left', async () => {
    await using stage = await stageDownload(files)
    const slow = { kind: 'throttle', bytesPerSecond: MIB / 8 } as const
    stage.hub.admin.setFaults({ rules: [{ when: { host: 'cdn' }, fault: slow }] })
    const { leases } = stage.store
    const name = await repoLeaseName(path.join(stage.hubCache, 'models--acme--tiny'))
    let isTaken = false
    const takeOver = async (): Promise<void> => {
      isTaken = true
      const [held] = await leases.list(name)
      await leases.release({ name, holder: held?.holder ?? '' })
      expect(await leases.acquire({ name, holder: 'another', ttlMs: 4000 })).toMatchObject({ granted: true })
    }
    const taken: Promise<void>[] = []
    const got = await downloadSnapshot('acme/tiny', {
      ...stage.options(),
      onEvent: (event) => {
        stage.events.push(event)
        if (event.type === 'progress' && event.doneBytes > MIB / 2 && !isTaken) taken.push(takeOver())
        if (event.type === 'waiting' && event.reason === 'other-process') stage.hub.admin.setFaults({ rules: [] })
      },
    })
    await Promise.all(taken)
    expect(isTaken).toBe(true)
    expect(stage.events).toContainEqual(expect.objectContaining({ type: 'waiting', reason: 'other-process' }))
    expect((await readFile(path.join(got.path, 'model.safetensors'))).length).toBe(6 * MIB + 77)
  })

  test('works where links cannot be made: files lie in the snapshot, and a second run finds them', async () => {
    await using stage = await stageDownload(files)
    const got = await downloadSnapshot('acme/tiny', stage.options({ canLink: false }))
    expect((await stat(path.join(got.path, 'model.safetensors'))).isFile()).toBe(true)
    expect(await readdir(path.join(stage.hubCache, 'models--acme--tiny', 'blobs'))).toEqual([])
    const again = await downloadSnapshot('acme/tiny', stage.options({ canLink: false }))
    expect(again.wasComplete).toBe(true)
  })

  test('waits for a network that goes away in the middle, saying so once; one that was never there ends it at once', async () => {
    await using stage = await stageDownload(files)
    const { hub } = stage
    const slow = { kind: 'throttle', bytesPerSecond: 3 * MIB } as const
    hub.admin.setFaults({ rules: [{ when: { host: 'cdn' }, fault: slow }] })
    const hosts = ['hub', 'cdn'] as const
    let [isAway, returned] = [false, Promise.resolve()]
    const onEvent = (event: DownloadEvent): void => {
      stage.events.push(event)
      if (isAway || event.type !== 'progress' || event.doneBytes < MIB) return
      isAway = true
      for (const host of hosts) void hub.admin.refuse({ host })
      returned = sleep(2500).then(async () => void (await Promise.all(hosts.map((host) => hub.admin.accept({ host })))))
    }
    const got = await downloadSnapshot('acme/tiny', stage.options({ onEvent }))
    expect(isAway).toBe(true)
    expect(got.files).toHaveLength(5)
    const waits = stage.events.flatMap((event) =>
      event.type === 'waiting' && event.reason === 'network' ? [event] : [],
    )
    expect(waits).toHaveLength(1)
    await returned
    for (const host of hosts) await hub.admin.refuse({ host })
    stage.events.length = 0
    const never = downloadSnapshot('acme/tiny', stage.options({ revision: 'other' }))
    await expect(never).rejects.toThrow(coded('ERR_HUB_UNREACHABLE'))
    expect(stage.events).toEqual([])
  })

  test('stops at once when aborted, and goes on from there', async () => {
    await using stage = await stageDownload(files)
    stage.hub.admin.setFaults({
      rules: [{ when: { host: 'cdn' }, fault: { kind: 'throttle', bytesPerSecond: MIB } }],
    })
    const abort = new AbortController()
    const onEvent = (event: { type: string; doneBytes?: number }): void => {
      if (event.type === 'progress' && (event.doneBytes ?? 0) > 2 * MIB) abort.abort()
    }
    await expect(downloadSnapshot('acme/tiny', stage.options({ onEvent, signal: abort.signal }))).rejects.toThrow(
      expect.objectContaining({ name: 'AbortError' }) as Error,
    )
    stage.hub.admin.setFaults({ rules: [] })
    const got = await downloadSnapshot('acme/tiny', stage.options())
    expect(got.fetchedBytes).toBeLessThan(8 * MIB + 84)
    expect(got.files).toHaveLength(5)
  })
})
