/** When a call went out and its answer came, by this machine's clock. */
export interface AskedBetween {
  readonly askedAt: Date
  readonly answeredAt: Date
}

/** More than this and signed addresses, tokens and certificates begin to fail. */
export const MAX_CLOCK_SKEW_MS: number = 5 * 60 * 1000

/**
 * How far this machine's clock is ahead of the one that wrote a `Date` header, in milliseconds; behind is negative. Known to
 * about a second and half the time the call took. `undefined` where the header is no date.
 */
export function clockSkewMs(date: string | undefined, { askedAt, answeredAt }: AskedBetween): number | undefined {
  const moment = Date.parse(date ?? '')
  if (Number.isNaN(moment)) return undefined
  return (askedAt.getTime() + answeredAt.getTime()) / 2 - moment
}

/** When an answer was written, by the clock of whoever wrote it: other moments in it are to be held against that one. */
export function writtenAt(date: string | undefined, orElse: Date): Date {
  const moment = Date.parse(date ?? '')
  return Number.isNaN(moment) ? orElse : new Date(moment)
}
