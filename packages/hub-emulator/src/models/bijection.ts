/** A one-to-one map of 0 … size−1 onto itself that can be walked both ways. */
export interface Bijection {
  readonly forward: (value: number) => number
  readonly backward: (value: number) => number
}

/** `value * factor + shift` modulo `size`, with a factor that shares no divisor with `size`: scatters neighbours far apart. */
export function affineBijection(size: number, salt: number): Bijection {
  if (size < 2) return { forward: (value) => value, backward: (value) => value }
  let factor = Math.floor(size * (0.381966 + 0.07 * salt)) % size || 1
  while (greatestDivisor(factor, size) !== 1) factor = (factor % (size - 1)) + 1
  const shift = (salt * 7919) % size
  const inverse = inverseModulo(factor, size)
  return {
    // Both factors are below 3 million, so the product is exact.
    forward: (value) => (value * factor + shift) % size,
    backward: (value) => (((value - shift + size) % size) * inverse) % size,
  }
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b)
}

/** The number that undoes a multiplication by `factor`, by Euclid's extended algorithm. */
function inverseModulo(factor: number, size: number): number {
  let [rest, nextRest] = [factor, size]
  let [coefficient, nextCoefficient] = [1, 0]
  while (nextRest !== 0) {
    const quotient = Math.floor(rest / nextRest)
    ;[rest, nextRest] = [nextRest, rest - quotient * nextRest]
    ;[coefficient, nextCoefficient] = [nextCoefficient, coefficient - quotient * nextCoefficient]
  }
  return ((coefficient % size) + size) % size
}
