/** Work done behind the answer: nobody waits for it, and its failure is no failure of theirs. Disposing waits for all of it. */
export class Backlog implements AsyncDisposable {
  readonly #running = new Set<Promise<void>>()
  #failure: Error | undefined

  /** Why something was not done; the first reason is enough. */
  get failure(): Error | undefined {
    return this.#failure
  }

  add(work: () => Promise<void>): void {
    const running = startLater(work)
      .catch((error: unknown) => {
        this.#failure ??= error instanceof Error ? error : new Error(String(error))
      })
      .finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }
}

/** Whoever waits for the answer goes first, also where the work is done in the same thread. */
async function startLater(work: () => Promise<void>): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  await work()
}
