/** Keeps alive what ends by itself unless it is renewed, until it is told to stop or what it keeps is lost. */
export interface Heartbeat {
  /** Aborted once it is lost: stop, for somebody else works on it now. */
  readonly signal: AbortSignal
  /**
   * Surely still ours? Told from this process's own clocks, without waiting for anything: ask it before each irrevocable step,
   * for a process that was suspended wakes up long before its timers tell it so.
   */
  readonly isHeld: () => boolean
  /** Renews it no more. Resolves once no renewal is under way. */
  readonly stop: () => Promise<void>
}

export interface HeartbeatOptions {
  /** `false` once it is another's; what it throws may pass, and is tried again while there is time. */
  readonly renew: () => Promise<boolean>
  readonly ttlMs: number
  /** How often it is renewed. @default three times as often as it must be, so that a busy process does not lose it */
  readonly beatMs?: number
  /** `spanOf(ttlMs)` from before it was asked for: then the store's count never ends before ours. */
  readonly span: () => boolean
  /** What to say once it is lost. */
  readonly whyLost: () => Error
}

/** Two clocks, since one stands still while the machine sleeps, and the other may be put back. */
export function spanOf(ms: number): () => boolean {
  const [untilMonotonic, untilWall] = [performance.now() + ms, Date.now() + ms]
  return () => performance.now() < untilMonotonic && Date.now() < untilWall
}

export function startHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { ttlMs, beatMs = ttlMs / 3, whyLost } = options
  const loss = new AbortController()
  let isWithin = options.span
  let timer: NodeJS.Timeout | undefined
  let renewal: Promise<void> = Promise.resolve()
  let isStopped = false
  const isHeld = (): boolean => {
    // Once it was not, it never is again: somebody may have stopped half-way over that answer.
    if (!isStopped && !isWithin()) loss.abort(whyLost())
    return !isStopped && !loss.signal.aborted
  }
  const renew = async (): Promise<void> => {
    const span = spanOf(ttlMs)
    const isOurs = await options.renew().catch(() => undefined)
    if (isOurs === true) isWithin = span
    if (isOurs === false && !isStopped) loss.abort(whyLost())
    if (isHeld()) schedule()
  }
  const schedule = (): void => {
    timer = setTimeout(() => void (renewal = renew()), beatMs)
    timer.unref()
  }
  schedule()
  return {
    signal: loss.signal,
    isHeld,
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await renewal
    },
  }
}
