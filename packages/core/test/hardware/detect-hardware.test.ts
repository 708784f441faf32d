import { cpus, totalmem } from 'node:os'
import process from 'node:process'
import { describe, expect, test } from 'vitest'
import { detectHardware } from '../../src/hardware/detect-hardware.ts'
import { fixture, makeMachine, prints } from './fake-machine.ts'

const GIB = 1024 ** 3
const meminfo = 'MemTotal: 67108864 kB\nMemAvailable: 50331648 kB\n'

function card(index: number, files: Readonly<Record<string, string>>): Record<string, string> {
  const folder = `sys/class/drm/card${index}/device`
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, `${text}\n`]))
}

describe.skipIf(process.platform === 'win32')('detectHardware()', () => {
  test('finds nothing but CPU and RAM where there is nothing else, and says nothing', async () => {
    using machine = makeMachine({ files: { 'proc/meminfo': meminfo } })
    expect(await detectHardware({ ...machine, platform: 'linux' })).toEqual({
      origin: 'detected',
      gpus: [],
      cpu: { name: cpus()[0]?.model ?? 'unknown', threads: expect.any(Number) },
      ramBytes: 64 * GIB,
      freeRamBytes: 48 * GIB,
      limits: [],
      notices: [],
    })
  })

  test('lists NVIDIA cards with their bandwidth, and hides what CUDA_VISIBLE_DEVICES hides', async () => {
    using machine = makeMachine({ tools: { 'nvidia-smi': prints(fixture('nvidia-two-cards.csv')) } })
    const all = await detectHardware({ ...machine, platform: 'linux' })
    expect(all.gpus).toMatchObject([
      { name: 'NVIDIA GeForce RTX 4090', bandwidthBytesPerSecond: 1008e9, freeBytes: 23_028 * 1024 ** 2 },
      { name: 'NVIDIA GeForce RTX 3090', bandwidthBytesPerSecond: 936e9 },
    ])
    const environment = { ...machine.environment, CUDA_VISIBLE_DEVICES: '1' }
    const one = await detectHardware({ ...machine, environment, platform: 'linux' })
    expect(one.gpus.map(({ name }) => name)).toEqual(['NVIDIA GeForce RTX 3090'])
    expect(one.notices).toEqual(['CUDA_VISIBLE_DEVICES hides 1 of 2 GPUs'])
  })

  test('counts the slices of a MIG card in its place', async () => {
    using machine = makeMachine({
      tools: {
        'nvidia-smi': `case "$*" in
-L) ${prints(fixture('nvidia-mig.list'))};;
"-q -x") ${prints(fixture('nvidia-mig.xml'))};;
*) ${prints(fixture('nvidia-mig.csv'))};;
esac`.replaceAll('exit 0;;', 'exit 0\n;;'),
      },
    })
    const { gpus } = await detectHardware({ ...machine, platform: 'linux' })
    expect(gpus.map(({ name, memoryBytes }) => [name, memoryBytes / 1024 ** 2])).toEqual([
      ['NVIDIA A100-SXM4-80GB', 81_920],
      ['NVIDIA A100-SXM4-80GB MIG 3g.40gb', 40_192],
      ['NVIDIA A100-SXM4-80GB MIG 2g.20gb', 19_968],
    ])
    const environment = { ...machine.environment, CUDA_VISIBLE_DEVICES: 'MIG-bbbb' }
    expect((await detectHardware({ ...machine, environment, platform: 'linux' })).gpus).toHaveLength(1)
  })

  test('asks an old driver again without the field it does not know', async () => {
    using machine = makeMachine({
      tools: {
        'nvidia-smi': `case "$1" in *mig*) echo 'Field "mig.mode.current" is not a valid field to query.'; exit 2;; *) echo '0, GPU-1, Tesla V100-SXM2-16GB, 16160, 16130';; esac`,
      },
    })
    const { gpus } = await detectHardware({ ...machine, platform: 'linux' })
    expect(gpus).toMatchObject([{ name: 'Tesla V100-SXM2-16GB', bandwidthBytesPerSecond: 900e9 }])
  })

  test('takes the machine for the memory of a GB10, and RAM limits count for it', async () => {
    using machine = makeMachine({
      files: {
        'proc/meminfo': meminfo,
        'proc/self/cgroup': '0::/pod/app\n',
        'sys/fs/cgroup/pod/memory.max': `${8 * GIB}\n`,
        'sys/fs/cgroup/pod/app/memory.max': 'max\n',
        'sys/fs/cgroup/pod/memory.current': `${3 * GIB}\n`,
        'sys/fs/cgroup/pod/memory.stat': `anon 1\ninactive_file ${GIB}\n`,
      },
      tools: { 'nvidia-smi': prints(fixture('nvidia-gb10.csv')) },
    })
    const { gpus, ramBytes, limits } = await detectHardware({ ...machine, platform: 'linux' })
    expect(limits).toEqual([{ from: 'cgroup v2 /pod', bytes: 8 * GIB }])
    expect(ramBytes).toBe(8 * GIB)
    expect(gpus).toMatchObject([
      { isUnified: true, memoryBytes: 8 * GIB, freeBytes: 6 * GIB, bandwidthBytesPerSecond: 273e9 },
    ])
  })

  test("reads a container's limit of cgroup version 1 from its root", async () => {
    using machine = makeMachine({
      files: {
        'proc/meminfo': meminfo,
        'proc/self/cgroup': '4:memory:/docker/5f\n',
        'sys/fs/cgroup/memory/memory.limit_in_bytes': `${4 * GIB}\n`,
      },
    })
    expect(await detectHardware({ ...machine, platform: 'linux' })).toMatchObject({
      ramBytes: 4 * GIB,
      freeRamBytes: 4 * GIB,
    })
  })

  test('falls back to what the kernel shows of AMD and Intel cards', async () => {
    using machine = makeMachine({
      files: {
        ...card(0, { vendor: '0x8086', device: '0x46a6' }),
        ...card(1, {
          vendor: '0x1002',
          device: '0x744c',
          product_name: 'Radeon RX 7900 XTX',
          mem_info_vram_total: '25753026560',
          mem_info_vram_used: '1073741824',
          mem_info_gtt_total: '9',
        }),
        ...card(2, { vendor: '0x8086', device: '0xe20b', 'tile0/physical_vram_size_bytes': '12884901888' }),
        ...card(3, {
          vendor: '0x1002',
          device: '0x1586',
          mem_info_vram_total: `${GIB}`,
          mem_info_gtt_total: `${60 * GIB}`,
          'ip_discovery/die/0/GC/0/major': '11',
          'ip_discovery/die/0/GC/0/minor': '5',
          'ip_discovery/die/0/GC/0/revision': '1',
        }),
        'sys/class/drm/card1-DP-1/status': 'connected',
      },
    })
    const { gpus, notices } = await detectHardware({ ...machine, platform: 'linux' })
    expect(gpus).toMatchObject([
      {
        name: 'Radeon RX 7900 XTX',
        vendor: 'amd',
        freeBytes: 24_679_284_736,
        bandwidthBytesPerSecond: 960e9,
        isUnified: false,
      },
      { name: 'AMD GPU 1002:1586', memoryBytes: 61 * GIB, isUnified: true },
      { name: 'Intel GPU 8086:e20b', vendor: 'intel', memoryBytes: 12 * GIB },
    ])
    expect(notices).toEqual([])
  })

  test('reads an Apple chip: its GPU limit, its free memory, and the bandwidth of its smaller kind', async () => {
    const tools = {
      sysctl: prints(fixture('sysctl-m3-max.txt')),
      system_profiler: prints(fixture('system-profiler-m3-max.json')),
      vm_stat: prints(fixture('vm-stat.txt')),
    }
    using machine = makeMachine({ tools })
    expect((await detectHardware({ ...machine, platform: 'darwin' })).gpus).toEqual([
      {
        name: 'Apple M3 Max',
        vendor: 'apple',
        memoryBytes: 64 * GIB,
        freeBytes: 2_206_310 * 16_384,
        bandwidthBytesPerSecond: 300e9,
        isUnified: true,
      },
    ])
    // An older macOS knows no such limit and fails, having printed the rest.
    using older = makeMachine({
      tools: { ...tools, sysctl: prints('hw.memsize: 17179869184\nmachdep.cpu.brand_string: Apple M1', 1) },
    })
    expect((await detectHardware({ ...older, platform: 'darwin' })).gpus).toMatchObject([
      { name: 'Apple M1', bandwidthBytesPerSecond: 68e9 },
    ])
    using limited = makeMachine({
      tools: { ...tools, sysctl: prints(fixture('sysctl-m3-max.txt').replace('mb: 0', 'mb: 20000')) },
    })
    expect((await detectHardware({ ...limited, platform: 'darwin' })).gpus[0]?.freeBytes).toBe(20_000 * 1024 ** 2)
  })

  test('goes on without a tool that hangs, fails or prints nonsense, and says so', async () => {
    using machine = makeMachine({
      files: { 'proc/meminfo': meminfo },
      tools: { 'nvidia-smi': 'exec sleep 600', 'rocm-smi': prints('<html>'), 'xpu-smi': 'exit 139' },
    })
    const hardware = await detectHardware({ ...machine, platform: 'linux' })
    expect(hardware.gpus).toEqual([])
    expect(hardware.notices).toEqual([
      'nvidia-smi did not answer within 2 s and was stopped: its GPUs are not counted',
      'xpu-smi failed (exit code 139): its GPUs are not counted',
    ])
  })

  test('says that the driver is not loaded, in the tool that knows', async () => {
    using machine = makeMachine({ tools: { 'nvidia-smi': prints(fixture('nvidia-no-driver.txt'), 9) } })
    expect((await detectHardware({ ...machine, platform: 'linux' })).notices).toEqual([
      'nvidia-smi failed (exit code 9): its GPUs are not counted',
    ])
  })

  test('ends at once when aborted', async () => {
    using machine = makeMachine({ tools: { 'nvidia-smi': 'exec sleep 600' } })
    await expect(detectHardware({ ...machine, platform: 'linux', signal: AbortSignal.timeout(50) })).rejects.toThrow(
      'timeout',
    )
  })

  test('looks at the machine that runs this test', async () => {
    const hardware = await detectHardware()
    expect(hardware.ramBytes).toBeGreaterThan(0)
    expect(hardware.ramBytes).toBeLessThanOrEqual(totalmem())
    expect(hardware.freeRamBytes).toBeLessThanOrEqual(hardware.ramBytes ?? 0)
    expect(Object.isFrozen(hardware)).toBe(true)
  })
})
