import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Lease, LeaseRepository } from './lease-repository.ts'
import { hasSurelyEnded, processMark } from './process-mark.ts'

/** A lease that is being held: renewed until it is disposed of, which gives it back. */
export interface HeldLease extends AsyncDisposable {
  readonly name: string
  readonly holder: string
  /** Aborted once the lease is lost: stop, for somebody else works on it now. */
  readonly signal: AbortSignal
  /**
   * Surely still ours? Told from this process's own clocks, without waiting for anything: ask it before each irrevocable step,
   * for a process that was suspended wakes up long before its timers tell it so. Two clocks, since one stands still while the
   * machine sleeps, and the other may be put back.
   */
  isHeld(): boolean
}

export interface HoldLeaseOptions {
  /** Stops waiting, not holding. */
  readonly signal?: AbortSignal | undefined
  /** Another holds it; called again whenever that one changes. */
  readonly onWait?: (other: Lease) => void
  /** @default 15_000: renewed three times as often, so that a busy process does not lose it */
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

function takenOver({ name }: { readonly name: string }): Error {
  return new Error(`Cannot go on with ${name}: another process has taken over`)
}

/** Is this much time from now on not over yet, by either clock? */
function spanOf(ms: number): () => boolean {
  const [untilMonotonic, untilWall] = [performance.now() + ms, Date.now() + ms]
  return () => performance.now() < untilMonotonic && Date.now() < untilWall
}

/** Counts from when it was asked, not from when it was answered: then the store's count never ends before ours. */
function keep(
  leases: LeaseRepository,
  request: { readonly name: string; readonly holder: string; readonly ttlMs: number },
  firstSpan: () => boolean,
): HeldLease {
  const loss = new AbortController()
  let isWithin = firstSpan
  let timer: NodeJS.Timeout | undefined
  let renewal: Promise<void> = Promise.resolve()
  let isGivenBack = false
  const isHeld = (): boolean => {
    // Once it was not, it never is again: somebody may have stopped half-way over that answer.
    if (!isGivenBack && !isWithin()) loss.abort(takenOver(request))
    return !isGivenBack && !loss.signal.aborted
  }
  const renew = async (): Promise<void> => {
    const span = spanOf(request.ttlMs)
    // A store that fails now may answer in time the next time.
    const isOurs = await leases.renew(request).catch(() => undefined)
    if (isOurs === true) isWithin = span
    if (isOurs === false) loss.abort(takenOver(request))
    if (isHeld()) schedule()
  }
  const schedule = (): void => {
    timer = setTimeout(() => void (renewal = renew()), request.ttlMs / 3)
    timer.unref()
  }
  schedule()
  return {
    name: request.name,
    holder: request.holder,
    signal: loss.signal,
    isHeld,
    async [Symbol.asyncDispose]() {
      clearTimeout(timer)
      await renewal
      clearTimeout(timer)
      isGivenBack = true
      // It ends by itself where it cannot be given back.
      await leases.release(request).catch(() => undefined)
    },
  }
}
