/** Both ends belong to the range; an absent end is open. */
export interface NumberRange {
  readonly min?: number
  readonly max?: number
}

const factors: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, b: 1e9, g: 1e9, t: 1e12 }
const binaryFactors: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2 }

/**
 * A count as people write it: `8B`, `360M`, `1.5T`, `7_000_000`.
 * @throws {SyntaxError} when it is no count
 */
export function parseCount(text: string): number {
  return parseScaled(text, factors, 'a count such as 8B or 360M')
}

/**
 * Tokens of context, where `32k` is 32 × 1024 as model makers use it, and a plain number is itself.
 * @throws {SyntaxError} when it is no count
 */
export function parseTokens(text: string): number {
  return parseScaled(text, binaryFactors, 'a number of tokens such as 32k or 131072')
}

/**
 * `6B..9B`, `32k..`, `..9B`, or a single value that is then both ends.
 * @throws {SyntaxError} when an end cannot be read or they are the wrong way round
 */
export function parseRange(text: string, parseEnd: (end: string) => number): NumberRange {
  const ends = text.split('..')
  if (ends.length > 2 || ends.every((end) => end.trim() === ''))
    throw new SyntaxError(`Cannot read "${text}" as a range: write it as 6B..9B, 6B.. or ..9B`)
  const [min, max] = ends.map((end) => (end.trim() === '' ? undefined : parseEnd(end)))
  if (ends.length === 1 && min !== undefined) return { min, max: min }
  if (min !== undefined && max !== undefined && min > max)
    throw new SyntaxError(`Cannot read "${text}" as a range: its lower end is above its upper end`)
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }
}

export function isWithin(value: number | undefined, range: NumberRange): boolean {
  return value !== undefined && value >= (range.min ?? -Infinity) && value <= (range.max ?? Infinity)
}

function parseScaled(text: string, scale: Readonly<Record<string, number>>, wanted: string): number {
  const match = /^\s*(\d[\d_]*(?:\.\d+)?)\s*([a-z]?)\s*$/i.exec(text)
  const factor = match && scale[match[2]?.toLowerCase() ?? '']
  const value = Number(match?.[1]?.replaceAll('_', '')) * (factor ?? Number.NaN)
  if (!Number.isFinite(value)) throw new SyntaxError(`Cannot read "${text}": expected ${wanted}`)
  return value
}
