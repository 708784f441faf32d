import { readContent } from '../../src/files/content.ts'
import {
  computedContent,
  type Fault,
  type FaultMatch,
  type HubEmulator,
  type HubEmulatorOptions,
  startHubEmulator,
} from '../../src/start.ts'
import { ask } from '../ask.ts'

export const SIZE = 100_000
export const bytes: Buffer = readContent(computedContent(SIZE, 'w'), 0, SIZE)
export const model = 'acme/open'
export const setup: HubEmulatorOptions = {
  wellKnown: false,
  syntheticModels: 0,
  models: [
    {
      id: model,
      files: { 'w.bin': { size: SIZE, seed: 'w' }, 'v.bin': { size: SIZE, seed: 'v' }, 'config.json': '{}' },
    },
    { id: 'acme/other', files: { 'w.bin': { size: SIZE, seed: 'w' } } },
  ],
}

/** Faults on the CDN's side of a download. */
export async function onCdn(
  fault: Fault,
  when: FaultMatch = {},
): Promise<{ hub: HubEmulator; address: string } & AsyncDisposable> {
  const hub = await startHubEmulator({ ...setup, faults: [{ when: { host: 'cdn', ...when }, fault }] })
  const { headers } = await ask(`${hub.endpoint}/${model}/resolve/main/w.bin`)
  return { hub, address: headers['location'] ?? '', [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose]() }
}

/** What arrives before the connection ends, and how it ends. */
export async function read(
  url: string,
  stopAfterMs?: number,
): Promise<{ received: Buffer; failed: boolean; announced: string | null }> {
  const signal = stopAfterMs === undefined ? null : AbortSignal.timeout(stopAfterMs)
  const response = await fetch(url, { signal, headers: { 'accept-encoding': 'identity' } })
  const parts: Uint8Array[] = []
  let failed = false
  try {
    for await (const part of response.body ?? []) parts.push(part as Uint8Array)
  } catch {
    failed = true
  }
  return { received: Buffer.concat(parts), failed, announced: response.headers.get('content-length') }
}
