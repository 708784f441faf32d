/** Takes a block to its place in a file. The bytes are good until the promise is settled. */
export type WriteBlock = (bytes: Uint8Array, position: number) => Promise<void>

/**
 * Gathers what arrives into blocks: one is written while the next fills up. Holds two blocks and no more, whatever comes.
 *
 * For one connection at a time; `begin` sets where its bytes belong.
 */
export class BlockWriter {
  readonly #write: WriteBlock
  #filling: Buffer
  #spare: Buffer
  #filledBytes = 0
  #position = 0
  #writing: Promise<void> = Promise.resolve()

  constructor(write: WriteBlock, blockBytes: number) {
    this.#write = write
    this.#filling = Buffer.allocUnsafeSlow(blockBytes)
    this.#spare = Buffer.allocUnsafeSlow(blockBytes)
  }

  begin(position: number): void {
    this.#position = position
    this.#filledBytes = 0
  }

  /** Waits only while both blocks are full. @throws what an earlier write ended in */
  async add(bytes: Uint8Array): Promise<void> {
    for (let taken = 0; taken < bytes.length; ) {
      const part = bytes.subarray(taken, taken + this.#filling.length - this.#filledBytes)
      this.#filling.set(part, this.#filledBytes)
      this.#filledBytes += part.length
      taken += part.length
      if (this.#filledBytes === this.#filling.length) await this.#flush()
    }
  }

  /** Writes what is left, and waits for it. */
  async end(): Promise<void> {
    await this.#flush()
    await this.#writing
  }

  async #flush(): Promise<void> {
    await this.#writing
    if (this.#filledBytes === 0) return
    const block = this.#filling.subarray(0, this.#filledBytes)
    this.#writing = this.#write(block, this.#position)
    // Heard of with the next block, or at the end.
    this.#writing.catch(() => undefined)
    this.#position += block.length
    this.#filledBytes = 0
    ;[this.#filling, this.#spare] = [this.#spare, this.#filling]
  }
}
