import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseRocmSmi } from '../../src/hardware/probe-amd.ts'
import { parseGpuCores, parseSysctl } from '../../src/hardware/probe-apple.ts'
import { parseXpuDevice, parseXpuList } from '../../src/hardware/probe-intel.ts'
import { parseCgroups, parseMeminfo, parseVmStat } from '../../src/hardware/probe-memory.ts'
import { parseMigMemory, parseMigUuids, parseNvidiaQuery } from '../../src/hardware/probe-nvidia.ts'
import { visibleGpus } from '../../src/hardware/visible-devices.ts'
import { fixture } from './fake-machine.ts'

const MIB = 1024 ** 2

describe('parseNvidiaQuery()', () => {
  test('reads every card of a CSV answer', () => {
    expect(parseNvidiaQuery(fixture('nvidia-two-cards.csv'))).toEqual([
      {
        index: 0,
        uuid: 'GPU-5f6a1c2e-0000-4000-8000-000000000001',
        name: 'NVIDIA GeForce RTX 4090',
        totalBytes: 24_564 * MIB,
        freeBytes: 23_028 * MIB,
        isSliced: false,
      },
      expect.objectContaining({ index: 1, totalBytes: 24_576 * MIB, freeBytes: 11_200 * MIB }),
    ])
  })

  test('knows a sliced card, a card without memory of its own, and a full one', () => {
    expect(parseNvidiaQuery(fixture('nvidia-mig.csv')).map(({ isSliced }) => isSliced)).toEqual([false, true])
    expect(parseNvidiaQuery(fixture('nvidia-gb10.csv'))[0]).toMatchObject({
      totalBytes: undefined,
      freeBytes: undefined,
    })
    expect(parseNvidiaQuery('0, GPU-1, T4, 15360, 0, [N/A]')[0]).toMatchObject({ freeBytes: 0 })
  })

  test('passes over what is no card', () => {
    expect(parseNvidiaQuery(fixture('nvidia-no-driver.txt'))).toEqual([])
    expect(parseNvidiaQuery('No devices were found\n')).toEqual([])
  })
})

test('parseMigMemory() and parseMigUuids() speak of the same slices', () => {
  const memory = parseMigMemory(fixture('nvidia-mig.xml'))
  const uuids = parseMigUuids(fixture('nvidia-mig.list'))
  expect([...memory.keys()]).toEqual(['1:0', '1:1'])
  expect([...uuids.keys()]).toEqual(['1:0', '1:1'])
  expect(memory.get('1:0')).toEqual({ memoryBytes: 40_192 * MIB, freeBytes: 40_154 * MIB })
  expect(uuids.get('1:1')).toEqual({ uuid: 'MIG-bbbbbbbb-0000-5000-8000-000000000004', profile: '2g.20gb' })
})

describe('parseRocmSmi()', () => {
  test('reads the cards, by whichever name says something', () => {
    expect(parseRocmSmi(`WARNING: AMD GPU device(s) is/are in a low-power state\n${fixture('rocm-smi.json')}`)).toEqual(
      [
        {
          gpu: {
            name: 'Radeon RX 7900 XTX',
            vendor: 'amd',
            memoryBytes: 25_753_026_560,
            freeBytes: 25_753_026_560 - 1_288_490_188,
            bandwidthBytesPerSecond: 960e9,
            isUnified: false,
          },
          index: 0,
          ids: [],
        },
        expect.objectContaining({
          index: 1,
          gpu: expect.objectContaining({ name: 'Navi 31 [Radeon RX 7900 XT/7900 XTX]' }),
        }),
      ],
    )
  })

  test('counts the shared memory of an APU', () => {
    const [found] = parseRocmSmi(fixture('rocm-smi-apu.json'))
    expect(found?.gpu).toMatchObject({
      isUnified: true,
      memoryBytes: 536_870_912 + 67_108_864_000,
      bandwidthBytesPerSecond: 256e9,
    })
    expect(found?.gpu.freeBytes).toBe(536_870_912 + 67_108_864_000 - 167_772_160 - 25_165_824)
  })
})

test('parseXpuList() and parseXpuDevice() read numbers that are texts', () => {
  expect(parseXpuList(fixture('xpu-list.json'))).toEqual([0])
  expect(parseXpuDevice(fixture('xpu-device.json'))).toMatchObject({
    name: 'Intel(R) Arc(TM) B580 Graphics',
    memoryBytes: 12_809_404_416,
    freeBytes: 12_146_700_288,
    bandwidthBytesPerSecond: 456e9,
  })
})

test('parseSysctl(), parseGpuCores() and parseVmStat() read what macOS prints', () => {
  expect(parseSysctl(fixture('sysctl-m3-max.txt')).get('machdep.cpu.brand_string')).toBe('Apple M3 Max')
  expect(parseGpuCores(fixture('system-profiler-m3-max.json'))).toBe(30)
  expect(parseVmStat(fixture('vm-stat.txt'))).toBe((1_204_310 + 950_000 + 40_000 + 12_000) * 16_384)
})

test('parseMeminfo() takes what is available, and what is free where an old kernel tells no more', () => {
  const text = 'MemTotal:       24684092 kB\nMemFree:        20000000 kB\nMemAvailable:   24261356 kB\n'
  expect(parseMeminfo(text)).toEqual({ totalBytes: 24_684_092 * 1024, freeBytes: 24_261_356 * 1024 })
  expect(parseMeminfo(text.replace(/MemAvailable.*\n/, ''))?.freeBytes).toBe(20_000_000 * 1024)
  expect(parseMeminfo('')).toBeUndefined()
})

test('parseCgroups() finds the memory group of both versions, and follows no way up', () => {
  expect(parseCgroups('0::/user.slice/app.scope\n')).toEqual([{ version: 2, path: '/user.slice/app.scope' }])
  expect(parseCgroups('5:cpu,cpuacct:/x\n4:memory:/docker/5f\n0::/\n')).toEqual([
    { version: 1, path: '/docker/5f' },
    { version: 2, path: '/' },
  ])
  expect(parseCgroups('0::/../../etc\n')).toEqual([])
})

describe('visibleGpus()', () => {
  const found = [0, 1, 2].map((index) => ({
    index,
    ids: [`GPU-${index}aaaa`],
    gpu: {
      name: `card ${index}`,
      vendor: 'nvidia',
      memoryBytes: 1,
      freeBytes: 1,
      bandwidthBytesPerSecond: undefined,
      isUnified: false,
    } as const,
  }))
  test.each([
    [undefined, [0, 1, 2]],
    ['2,0', [2, 0]],
    ['GPU-1', [1]],
    ['', []],
    ['-1', []],
    ['0,9,1', [0]],
    ['all', [0, 1, 2]],
  ])('with CUDA_VISIBLE_DEVICES=%j shows %j', (value, indices) => {
    const { gpus, notice } = visibleGpus(found, 'nvidia', { CUDA_VISIBLE_DEVICES: value })
    expect(gpus.map(({ index }) => index)).toEqual(indices)
    expect(notice === undefined).toBe(indices.length === 3)
  })
})

test('every parser stands whatever a tool may print', () => {
  const parsers = [
    parseNvidiaQuery,
    parseMigMemory,
    parseMigUuids,
    parseRocmSmi,
    parseXpuList,
    parseXpuDevice,
    parseSysctl,
    parseGpuCores,
    parseVmStat,
    parseMeminfo,
    parseCgroups,
  ]
  const recordings = ['nvidia-two-cards.csv', 'nvidia-mig.xml', 'rocm-smi.json', 'xpu-device.json', 'vm-stat.txt'].map(
    fixture,
  )
  const mangled = fc
    .tuple(fc.constantFrom(...recordings), fc.nat(2000), fc.nat(40), fc.string({ unit: 'binary', maxLength: 20 }))
    .map(([text, at, length, filler]) => text.slice(0, at) + filler + text.slice(at + length))
  fc.assert(
    fc.property(fc.oneof(mangled, fc.string({ unit: 'binary' }), fc.json()), (text) => {
      for (const parse of parsers) expect(numbersIn(parse(text)).every(Number.isFinite)).toBe(true)
    }),
    { numRuns: 300 },
  )
})

/** Every number at any depth of what a parser gave. */
function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value]
  if (value instanceof Map) return [...value.values()].flatMap(numbersIn)
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : []
}
