import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { type Heartbeat, spanOf, startHeartbeat } from './heartbeat.ts'
import type { Lease, LeaseRepository, LeaseRequest } from './lease-repository.ts'
import { hasSurelyEnded, processMark } from './process-mark.ts'

/** A lease that is being held: renewed until it is disposed of, which gives it back. */
export interface HeldLease extends AsyncDisposable, Pick<Heartbeat, 'signal' | 'isHeld'> {
  readonly name: string
  readonly holder: string
}

export interface HoldLeaseOptions {
  /** Stops waiting, not holding. */
  readonly signal?: AbortSignal | undefined
  /** Another holds it; called again whenever that one changes. */
  readonly onWait?: (other: Lease) => void
  /** @default 15_000 */
  readonly ttlMs?: number
}

export const LEASE_TTL_MS = 15_000

/** Holds the lease, or `undefined` where another has it. */
export async function tryHoldLease(
  leases: LeaseRepository,
  name: string,
  { ttlMs = LEASE_TTL_MS }: Pick<HoldLeaseOptions, 'ttlMs'> = {},
): Promise<HeldLease | undefined> {
  const answer = await attempt(leases, name, ttlMs)
  return 'isHeld' in answer ? answer : undefined
}

/** Waits until the lease is ours: given back by another, or ended because that one died. */
export async function holdLease(
  leases: LeaseRepository,
  name: string,
  options: HoldLeaseOptions = {},
): Promise<HeldLease> {
  const { signal, onWait, ttlMs = LEASE_TTL_MS } = options
  let seen: string | undefined
  for (;;) {
    signal?.throwIfAborted()
    const answer = await attempt(leases, name, ttlMs)
    if ('isHeld' in answer) return answer
    if (answer.holder !== seen) onWait?.(answer)
    seen = answer.holder
    await delay(Math.min(500, ttlMs / 4), undefined, { signal })
  }
}

async function attempt(leases: LeaseRepository, name: string, ttlMs: number): Promise<HeldLease | Lease> {
  const holder = `${await processMark()} (${randomBytes(6).toString('hex')})`
  const request = { name, holder, ttlMs }
  const span = spanOf(ttlMs)
  const answer = await leases.acquire(request)
  if (answer.granted) return keep(leases, request, span)
  if (!(await hasSurelyEnded(answer.holder))) return answer
  // It can neither renew nor use it: nobody need wait until it ends by itself.
  await leases.release({ name, holder: answer.holder })
  const newSpan = spanOf(ttlMs)
  const again = await leases.acquire(request)
  return again.granted ? keep(leases, request, newSpan) : again
}

function keep(leases: LeaseRepository, request: LeaseRequest, span: () => boolean): HeldLease {
  const { name, holder, ttlMs } = request
  const { signal, isHeld, stop } = startHeartbeat({
    ttlMs,
    span,
    renew: () => leases.renew(request),
    whyLost: () => new Error(`Cannot go on with ${name}: another process has taken over`),
  })
  return {
    name,
    holder,
    signal,
    isHeld,
    async [Symbol.asyncDispose]() {
      await stop()
      // It ends by itself where it cannot be given back.
      await leases.release(request).catch(() => undefined)
    },
  }
}
