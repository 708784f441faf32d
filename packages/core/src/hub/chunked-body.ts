/** A size in hex, whatever a server says about the chunk, and its line's end. */
const MAX_LINE_BYTES = 4096
const LINE_FEED = 0x0a

/**
 * Unwraps a body that comes in chunks. What it gives are parts of the blocks it is given: nothing is copied, and a part is good
 * until the next is asked for.
 * @param blocks has no end of its own: the last chunk says where the body ends
 * @throws {SyntaxError} for what are no chunks
 * @see RFC 9112, 7.1
 */
export async function* unwrapChunks(blocks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = new ChunkReader()
  for await (const block of blocks) {
    for (let at = 0; at < block.length; ) {
      const { part, end } = reader.take(block, at)
      if (part.length > 0) yield part
      if (reader.isOver) return
      at = end
    }
  }
  throw new SyntaxError('the last chunk is missing')
}

/** Reads one thing after another: the line with a chunk's size, its data, the end of its line; at last the lines behind all. */
class ChunkReader {
  isOver = false
  #line = ''
  #next: 'size' | 'data' | 'data end' | 'trailer' = 'size'
  #leftBytes = 0

  /** @returns data from `at` on, if that is what comes next, and where to go on */
  take(block: Uint8Array, at: number): { readonly part: Uint8Array; readonly end: number } {
    if (this.#next === 'data') {
      const part = block.subarray(at, Math.min(block.length, at + this.#leftBytes))
      this.#leftBytes -= part.length
      if (this.#leftBytes === 0) this.#next = 'data end'
      return { part, end: at + part.length }
    }
    const feed = block.indexOf(LINE_FEED, at)
    const end = feed < 0 ? block.length : feed + 1
    this.#line += Buffer.from(block.subarray(at, Math.min(end, at + MAX_LINE_BYTES + 1))).toString('latin1')
    if (this.#line.length > MAX_LINE_BYTES) throw new SyntaxError('a line between chunks has no end')
    if (feed >= 0) this.#takeLine(this.#line.replace(/\r?\n$/, ''))
    return { part: block.subarray(0, 0), end }
  }

  #takeLine(line: string): void {
    this.#line = ''
    if (this.#next === 'size') this.#begin(line)
    else if (this.#next === 'trailer') this.isOver = line === ''
    else if (line === '') this.#next = 'size'
    else throw new SyntaxError('a chunk is longer than it says')
  }

  #begin(line: string): void {
    const size = /^([0-9a-f]{1,12})[ \t]*(?:;.*)?$/i.exec(line)?.[1]
    if (size === undefined) throw new SyntaxError('the size of a chunk cannot be read')
    this.#leftBytes = Number.parseInt(size, 16)
    this.#next = this.#leftBytes === 0 ? 'trailer' : 'data'
  }
}
