import { setTimeout as sleep } from 'node:timers/promises'
import { type Admin, createAdmin } from './admin/admin.ts'
import { serveAdmin } from './admin/serve-admin.ts'
import type { Service } from './http/call.ts'
import type { Host } from './http/host.ts'
import { Origin } from './http/origin.ts'
import type { RequestLog } from './http/request-log.ts'
import { createRouter } from './http/route.ts'
import { serve } from './http/serve.ts'
import { createHub, type Hub } from './hub.ts'
import { type HubEmulatorOptions, resolveOptions } from './options.ts'
import { routes } from './routes/routes.ts'

/** A Hub that runs in this process. */
export interface HubEmulator extends AsyncDisposable {
  /** Origin of the Hub: what `HF_ENDPOINT` is set to. */
  readonly endpoint: string
  /** Origin of the CDN. */
  readonly cdn: string
  /** Origin of the admin address; everything there is also in `admin`. */
  readonly adminUrl: string
  readonly admin: Admin
  /** What was asked, oldest first. */
  readonly log: RequestLog
}

/**
 * Starts a Hub and its CDN on two loopback origins.
 *
 * @throws {RangeError} for options that make no sense
 * @example
 * await using hub = await startHubEmulator({ models: [{ id: 'acme/tiny', gated: 'auto' }] })
 * await fetch(`${hub.endpoint}/api/models/acme/tiny`)
 */
export async function startHubEmulator(options: HubEmulatorOptions = {}): Promise<HubEmulator> {
  const settings = resolveOptions(options)
  const hub = createHub(settings)
  const closing = new AbortController()
  await using started = new AsyncDisposableStack()
  started.defer(() => closing.abort())
  const origins: Record<Host, Origin> = {
    hub: started.use(await listen(hub, 'hub', settings.port, closing.signal)),
    cdn: started.use(await listen(hub, 'cdn', settings.cdnPort, closing.signal)),
  }
  hub.origins.hub = origins.hub.url
  hub.origins.cdn = origins.cdn.url
  const admin = createAdmin(hub, origins)
  const adminOrigin = started.use(
    await Origin.listen(settings.adminPort, (request, response) => void serveAdmin(admin, request, response)),
  )
  const running = started.move()
  return {
    endpoint: origins.hub.url,
    cdn: origins.cdn.url,
    adminUrl: adminOrigin.url,
    admin,
    get log() {
      return hub.log
    },
    async [Symbol.asyncDispose]() {
      closing.abort()
      await running.disposeAsync()
    },
  }
}

async function listen(hub: Hub, host: Host, port: number, closing: AbortSignal): Promise<Origin> {
  const router = createRouter(routes)
  const origin = await Origin.listen(port, (request, response) => void serve(service, request, response))
  const service: Service = {
    hub,
    host,
    router,
    closing,
    async refuse(forMs) {
      await origin.refuse()
      await sleep(forMs, undefined, { signal: closing })
      await origin.accept()
    },
  }
  return origin
}

export type { AccountSpec, TokenSpec } from './accounts/account.ts'
export type { Admin } from './admin/admin.ts'
export type { Fault, FaultMatch, FaultRule } from './faults/fault.ts'
export { type FaultProfile, faultProfiles } from './faults/profiles.ts'
export { type ComputedContent, type Content, computedContent, storedContent } from './files/content.ts'
export { ggufFile } from './files/gguf.ts'
export { gitBlobIdOf, sha256Of } from './files/hashes.ts'
export { safetensorsShard } from './files/safetensors.ts'
export type { RateLimitOptions } from './http/rate-limits.ts'
export type { LogEntry, RequestLog } from './http/request-log.ts'
export type { ModelSpec } from './models/model-spec.ts'
export type { FileSpec } from './models/repo-file.ts'
export type { HubEmulatorOptions } from './options.ts'
