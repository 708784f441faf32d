import { type AcquireOptions, type Permit, PermitQueue, type Sharer } from './permit-queue.ts'

/** What a download sees of the connections that it may share with others. */
export type Connections = Pick<ConnectionBudget, 'acquire' | 'count' | 'learn' | 'slowDown'>

export interface ConnectionBudgetOptions {
  /** For large files. @default 16 */
  readonly maxConnections?: number
  /** In all, where small files use them: they wait for answers, and carry little. @default 64 */
  readonly maxSmallConnections?: number
  /** How many a transfer begins with. @default 4 */
  readonly startConnections?: number
  /** @default the clock of this process */
  readonly nowMs?: () => number
}

/** Long enough to tell a faster line from a lucky moment. */
const SAMPLE_MS = 300
/** What more connections must bring to be worth it. */
const WORTHWHILE = 1.08
/** Where we are the slow part, more of them only cost. One would stand still between two answers. */
const MIN_CONNECTIONS_AHEAD = 2
/** A line that was full once may have room later. */
const LOOK_AGAIN_MS = 10_000
/** All connections hear of one limit within a moment: that is one reason to slow down, not sixteen. */
const SAME_LIMIT_MS = 1000

/**
 * How many connections there are in all, adapted to what the line gives: more while each step makes the whole faster, fewer
 * where the line is ahead of us and that makes nothing slower, half when the Hub asks to slow down.
 *
 * Small files are bound by the line's latency, not its width: they may use many more. Several downloads may share one budget: then
 * all of them slow down when one is asked to.
 */
export class ConnectionBudget {
  readonly #maxConnections: number
  readonly #maxSmallConnections: number
  readonly #nowMs: () => number
  #target: number
  #smallTarget: number
  #used = 0
  readonly #queue = new PermitQueue()
  readonly #own: Sharer = { used: 0 }
  #sample: Sample
  /** What there was before a step that has not been judged. */
  #step: Step | undefined
  #heldUntilMs = 0
  #slowedAtMs = -Infinity

  constructor({
    maxConnections = 16,
    maxSmallConnections = 64,
    startConnections = 4,
    nowMs = () => performance.now(),
  }: ConnectionBudgetOptions = {}) {
    this.#maxConnections = maxConnections
    this.#maxSmallConnections = maxSmallConnections
    this.#nowMs = nowMs
    this.#target = Math.min(startConnections, maxConnections)
    this.#smallTarget = maxSmallConnections
    this.#sample = { startMs: nowMs(), bytes: 0, bytesAhead: 0, wasFull: false }
  }

  get target(): number {
    return this.#target
  }

  get used(): number {
    return this.#used
  }

  /** For one of several downloads that go on side by side: each gets as many connections as the others, where it can use them. */
  share(): Connections {
    const sharer: Sharer = { used: 0 }
    return {
      acquire: (options) => this.#acquire(sharer, options),
      count: (bytes) => this.count(bytes),
      learn: (bytes, how) => this.learn(bytes, how),
      slowDown: () => this.slowDown(),
    }
  }

  /** Waits for a permit. @throws the signal's reason */
  acquire(options: AcquireOptions): Promise<Permit> {
    return this.#acquire(this.#own, options)
  }

  /** Bytes arrived, on whichever connection. */
  count(bytes: number): void {
    const sample = this.#sample
    sample.bytes += bytes
    const now = this.#nowMs()
    if (now - sample.startMs < SAMPLE_MS) return
    this.#judge((sample.bytes * 1000) / (now - sample.startMs), now)
    this.#sample = { startMs: now, bytes: 0, bytesAhead: 0, wasFull: this.#isFull() }
    this.#serve()
  }

  /** An answer of so many bytes has come to its end, and whether the line was ahead of us. */
  learn(bytes: number, { isAhead }: { readonly isAhead: boolean }): void {
    if (isAhead) this.#sample.bytesAhead += bytes
  }

  /** The Hub asked to slow down. */
  slowDown(): void {
    const now = this.#nowMs()
    if (now - this.#slowedAtMs < SAME_LIMIT_MS) return
    this.#slowedAtMs = now
    this.#target = Math.max(1, this.#target >> 1)
    this.#smallTarget = Math.max(1, this.#smallTarget >> 1)
    this.#heldUntilMs = now + LOOK_AGAIN_MS
  }

  #judge(rate: number, now: number): void {
    if (now < this.#heldUntilMs) return
    this.#smallTarget = Math.min(this.#maxSmallConnections, this.#smallTarget * 2)
    // What fewer connections than allowed bring says nothing about more of them.
    if (!this.#sample.wasFull) return
    const step = this.#step
    this.#step = undefined
    if (step === undefined || isWorthIt(step, { connections: this.#target, rate })) return this.#takeStep(rate)
    this.#target = step.connections
    this.#heldUntilMs = now + LOOK_AGAIN_MS
  }

  #takeStep(rate: number): void {
    const from = this.#target
    const isAhead = this.#sample.bytesAhead * 2 > this.#sample.bytes
    if (isAhead) this.#target = Math.min(from, Math.max(MIN_CONNECTIONS_AHEAD, from >> 1))
    else if (!this.#queue.isEmpty) this.#target = Math.min(this.#maxConnections, from * 2)
    if (this.#target !== from) this.#step = { connections: from, rate }
  }

  #isFull(): boolean {
    return this.#used >= this.#target
  }

  async #acquire(sharer: Sharer, options: AcquireOptions): Promise<Permit> {
    options.signal?.throwIfAborted()
    const turn = this.#queue.wait(sharer, options)
    this.#serve()
    return await turn
  }

  #serve(): void {
    // What was sampled before nobody had a connection is over, and says nothing about what begins now.
    if (this.#used === 0) this.#beginAfresh()
    const hasRoom = (isSmall: boolean): boolean => this.#used < (isSmall ? this.#smallTarget : this.#target)
    const onRelease = (): void => {
      this.#used -= 1
      this.#serve()
    }
    while (this.#queue.serve(hasRoom, onRelease)) this.#used += 1
  }

  #beginAfresh(): void {
    this.#step = undefined
    this.#sample = { startMs: this.#nowMs(), bytes: 0, bytesAhead: 0, wasFull: false }
  }
}

/** @param maxConnections in all, also for small files; `undefined` leaves it to the line */
export function budgetOf(maxConnections: number | undefined): ConnectionBudget {
  return new ConnectionBudget(
    maxConnections === undefined ? {} : { maxConnections, maxSmallConnections: maxConnections },
  )
}

interface Step {
  readonly connections: number
  /** What they brought, in bytes a second. */
  readonly rate: number
}

interface Sample {
  readonly startMs: number
  bytes: number
  bytesAhead: number
  readonly wasFull: boolean
}

/** More connections must bring something, fewer must not cost it. */
function isWorthIt(before: Step, now: Step): boolean {
  return now.connections > before.connections
    ? now.rate >= before.rate * WORTHWHILE
    : now.rate * WORTHWHILE >= before.rate
}
