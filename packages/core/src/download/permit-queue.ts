/** A right to one connection. */
export interface Permit {
  /** Gives it back, once. */
  release(): void
}

export interface AcquireOptions {
  /** Of one download, the lowest is served first. */
  readonly rank: number
  readonly isSmall?: boolean
  readonly signal?: AbortSignal | undefined
}

/** One of the downloads that share connections. */
export interface Sharer {
  /** How many it has now. */
  used: number
}

/**
 * Who waits for a connection, and who is next: of several downloads that which has fewest, so that none stands still until
 * another has ended; of one download the file with the lowest rank, so that files are finished in order.
 */
export class PermitQueue {
  /** By rank, and as they came. */
  #waiters: Waiter[] = []

  get isEmpty(): boolean {
    return this.#waiters.length === 0
  }

  /** Waits until `serve` comes to it. @throws the signal's reason */
  async wait(sharer: Sharer, { rank, isSmall = false, signal }: AcquireOptions): Promise<Permit> {
    const waiter: Waiter = { sharer, rank, isSmall, ...Promise.withResolvers<Permit>() }
    const giveUp = (): void => {
      this.#waiters = this.#waiters.filter((other) => other !== waiter)
      waiter.reject(signal?.reason)
    }
    signal?.addEventListener('abort', giveUp, { once: true })
    const place = this.#waiters.findIndex((other) => other.rank > rank)
    this.#waiters.splice(place < 0 ? this.#waiters.length : place, 0, waiter)
    try {
      return await waiter.promise
    } finally {
      signal?.removeEventListener('abort', giveUp)
    }
  }

  /** Gives a permit to the next for whom there is room; `false` where there is none. `onRelease` is told once it is back. */
  serve(hasRoom: (isSmall: boolean) => boolean, onRelease: () => void): boolean {
    const next = this.#waiters
      .filter(({ isSmall }) => hasRoom(isSmall))
      .reduce<Waiter | undefined>(
        (best, other) => (best && best.sharer.used <= other.sharer.used ? best : other),
        undefined,
      )
    if (next === undefined) return false
    this.#waiters.splice(this.#waiters.indexOf(next), 1)
    next.sharer.used += 1
    next.resolve(permitOf(next.sharer, onRelease))
    return true
  }
}

function permitOf(sharer: Sharer, onRelease: () => void): Permit {
  let isHeld = true
  return {
    release() {
      if (!isHeld) return
      isHeld = false
      sharer.used -= 1
      onRelease()
    },
  }
}

interface Waiter extends PromiseWithResolvers<Permit> {
  readonly sharer: Sharer
  readonly rank: number
  readonly isSmall: boolean
}
