/** Nobody allocates ten million tokens because a config says so. @see memory-model 10, trap 6 */
const MAX_SEARCHED = 1 << 20
const STEP = 1024

/**
 * The longest context, in whole steps of 1024 tokens, for which `fits` is true; `undefined` where not even the first step does.
 * Memory grows with the context, so the answer is found by halving: 11 questions at the most.
 */
export function longestContext(
  modelMaximum: number | undefined,
  fits: (contextLength: number) => boolean,
): number | undefined {
  const limit = Math.min(modelMaximum ?? MAX_SEARCHED, MAX_SEARCHED)
  if (limit >= 1 && fits(limit)) return limit
  let [known, failed] = [0, Math.floor(limit / STEP) + 1]
  while (failed - known > 1) {
    const middle = (known + failed) >> 1
    if (fits(middle * STEP)) known = middle
    else failed = middle
  }
  return known === 0 ? undefined : known * STEP
}
