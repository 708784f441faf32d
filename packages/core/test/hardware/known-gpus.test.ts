import { describe, expect, test } from 'vitest'
import { findKnownGpu } from '../../src/hardware/find-gpu.ts'
import { knownGpus } from '../../src/hardware/known-gpus.ts'
import { parseHardwareRequest } from '../../src/hardware/parse-hardware-request.ts'
import { pretendGpu } from '../../src/hardware/pretend-gpu.ts'

const GIB = 1024 ** 3

describe('knownGpus', () => {
  test('holds at least 85, each with memory, a source and a name of its own that finds it', () => {
    expect(knownGpus.length).toBeGreaterThanOrEqual(85)
    for (const gpu of knownGpus) {
      expect(gpu.sizesGb.every((size) => size > 0 && size <= 1024)).toBe(true)
      expect(gpu.source).toMatch(/^[HWLAV](?:[,;][HWLAV])*$/)
      for (const name of [gpu.name, ...(gpu.aliases ?? [])])
        expect([name, findKnownGpu(name)?.name]).toEqual([name, gpu.name])
      const pretended = pretendGpu(gpu)
      expect(pretended.freeBytes).toBeGreaterThan(0.6 * pretended.memoryBytes)
      expect(pretended.freeBytes).toBeLessThan(pretended.memoryBytes)
    }
  })

  test.each([
    ['NVIDIA GeForce RTX 4090', 'GeForce RTX 4090'],
    ['NVIDIA GeForce RTX 4090 Laptop GPU', 'GeForce RTX 4090 Laptop'],
    ['4070ti super', 'GeForce RTX 4070 Ti SUPER'],
    ['NVIDIA H100 80GB HBM3', 'H100'],
    ['NVIDIA H100 PCIe', 'H100 PCIe'],
    ['NVIDIA A100-SXM4-40GB', 'A100 40GB'],
    ['NVIDIA A100-SXM4-80GB', 'A100 80GB'],
    ['NVIDIA A100 80GB PCIe', 'A100 80GB PCIe'],
    ['NVIDIA H200', 'H200'],
    ['Tesla T4', 'T4'],
    ['Tesla V100-SXM2-32GB', 'V100'],
    ['NVIDIA RTX PRO 6000 Blackwell Workstation Edition', 'RTX PRO 6000 Blackwell'],
    ['NVIDIA RTX 6000 Ada Generation', 'RTX 6000 Ada'],
    ['NVIDIA GB10', 'DGX Spark'],
    ['AMD Radeon RX 7900 XTX', 'Radeon RX 7900 XTX'],
    ['AMD Instinct MI300X OAM', 'Instinct MI300X'],
    ['AMD Ryzen AI Max+ 395 w/ Radeon 8060S', 'Ryzen AI Max+ 395'],
    ['Intel(R) Arc(TM) B580 Graphics', 'Arc B580'],
    ['Apple M3 Max', 'Apple M3 Max'],
    ['m4', 'Apple M4'],
    ['NVIDIA GeForce RTX 3080 12GB', 'GeForce RTX 3080 12GB'],
    ['NVIDIA GeForce RTX 3080 10GB', 'GeForce RTX 3080'],
    ['NVIDIA H100 NVL', undefined],
    ['NVIDIA A10-24Q', undefined],
    ['RTX PRO 6000', 'RTX PRO 6000 Blackwell'],
    ['RTX 4070 XT', undefined],
    ['Voodoo 3', undefined],
    ['', undefined],
  ])('findKnownGpu(%j) is %j', (name, known) => {
    expect(findKnownGpu(name)?.name).toBe(known)
  })

  // memory-model 1: what CUDA reports as usable of cards of these sizes.
  test.each([
    ['RTX 4090', 23.5, 23.7],
    ['RTX 5090', 31.3, 31.5],
    ['H100', 78.8, 79.3],
    ['L40S', 44.2, 45],
    ['H200', 138.5, 140.4],
    ['T4', 14.5, 14.8],
  ])('a pretended %s leaves %f to %f GiB', (name, least, most) => {
    const [gpu] = parseHardwareRequest(name).gpus
    expect((gpu?.freeBytes ?? 0) / GIB).toBeGreaterThanOrEqual(least)
    expect((gpu?.freeBytes ?? 0) / GIB).toBeLessThanOrEqual(most)
  })
})

describe('parseHardwareRequest()', () => {
  test.each([
    ['2x RTX 4090', ['GeForce RTX 4090', 'GeForce RTX 4090']],
    ['2×4090', ['GeForce RTX 4090', 'GeForce RTX 4090']],
    ['rtx 4090 x 2', ['GeForce RTX 4090', 'GeForce RTX 4090']],
    ['8x H200', Array.from({ length: 8 }, () => 'H200')],
    ['H100 80GB', ['H100']],
    ['M3 Max 64GB', ['Apple M3 Max 64GB']],
    ['RTX 4090 + RTX 3090', ['GeForce RTX 4090', 'GeForce RTX 3090']],
    ['RTX 4090, 2x T4', ['GeForce RTX 4090', 'T4', 'T4']],
    ['Ryzen AI Max+ 395 64GB', ['Ryzen AI Max+ 395 64GB']],
    ['24GB', ['24 GB GPU']],
    ['2x 24 GB', ['24 GB GPU', '24 GB GPU']],
    ['22.5GiB', ['22.5 GiB GPU']],
  ])('%j is %j', (text, names) => {
    expect(parseHardwareRequest(text).gpus.map(({ name }) => name)).toEqual(names)
  })

  test('takes GB for a size as sold, and GiB for what is free', () => {
    expect(parseHardwareRequest('24GB').gpus[0]?.freeBytes).toBe(parseHardwareRequest('RTX 4090').gpus[0]?.freeBytes)
    expect(parseHardwareRequest('22.5GiB').gpus[0]?.freeBytes).toBe(22.5 * GIB)
    expect(parseHardwareRequest('512 MiB').gpus[0]?.freeBytes).toBe(512 * 1024 ** 2)
  })

  test('gives an Apple chip two thirds or three quarters of its memory', () => {
    expect(parseHardwareRequest('M3 Pro 36GB').gpus[0]?.freeBytes).toBe(24 * GIB)
    expect(parseHardwareRequest('M3 Max 64GB').gpus[0]?.freeBytes).toBe(48 * GIB)
  })

  test('says which size it took where there are several', () => {
    expect(parseHardwareRequest('RTX 4060 Ti').notices).toEqual([
      'GeForce RTX 4060 Ti is taken with 8 GB; it also comes with 16 GB: say which',
    ])
    expect(parseHardwareRequest('RTX 4060 Ti 16GB').notices).toEqual([])
  })

  test.each([
    ['RTX 4900', 'did you mean GeForce RTX 4090'],
    ['M3 Mx', 'did you mean Apple M3'],
    ['RTX 4090 48GB', 'knows it with 24 GB; for another size, give the memory alone: 48GB'],
    ['Voodoo Banshee', 'give its memory: 24GB'],
    ['', 'write it as'],
    ['0x RTX 4090', 'write it as'],
    ['99999x RTX 4090', 'write it as'],
    ['2x', '2x'],
    ['0GB', 'above 0'],
    ['99999TB', 'at most 1024 TiB'],
    ['1..2GB', 'above 0'],
    ['-5GB', '-5GB'],
    ['4096x T4, T4', 'more than 4096'],
  ])('refuses %j and says %j', (text, why) => {
    expect(() => parseHardwareRequest(text)).toThrow(SyntaxError)
    expect(() => parseHardwareRequest(text)).toThrow(why)
  })
})
