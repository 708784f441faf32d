import type { ByteRange } from '../hub/open-range.ts'

/** Which bytes of a file are there: ranges that neither touch nor overlap, in order. */
export class ByteRanges {
  #ranges: ByteRange[] = []

  constructor(ranges: Iterable<ByteRange> = []) {
    for (const range of ranges) this.add(range)
  }

  /** Bytes in all. */
  get sizeBytes(): number {
    return this.#ranges.reduce((sum, { start, end }) => sum + end - start, 0)
  }

  /** Before which byte nothing is missing. */
  get prefixEnd(): number {
    const [first] = this.#ranges
    return first?.start === 0 ? first.end : 0
  }

  add({ start, end }: ByteRange): void {
    if (end <= start) return
    const from = this.#ranges.findIndex((range) => range.end >= start)
    if (from < 0) return void this.#ranges.push({ start, end })
    let to = from
    let merged: ByteRange = { start, end }
    for (let next = this.#ranges[to]; next !== undefined && next.start <= end; next = this.#ranges[to]) {
      merged = { start: Math.min(merged.start, next.start), end: Math.max(merged.end, next.end) }
      to += 1
    }
    this.#ranges.splice(from, to - from, merged)
  }

  /** What is not there, in order. */
  missing(sizeBytes: number): ByteRange[] {
    const gaps: ByteRange[] = []
    let position = 0
    for (const { start, end } of this.#ranges) {
      if (start > position) gaps.push({ start: position, end: Math.min(start, sizeBytes) })
      position = end
    }
    if (position < sizeBytes) gaps.push({ start: position, end: sizeBytes })
    return gaps.filter(({ start, end }) => start < end)
  }

  [Symbol.iterator](): Iterator<ByteRange> {
    return this.#ranges[Symbol.iterator]()
  }
}
