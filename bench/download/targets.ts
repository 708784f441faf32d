/** What must hold, and whether it did. Every speed was measured over plain HTTP: no Xet server stands here. */
export interface Target {
  readonly what: string
  readonly wire: 'plain HTTP'
  readonly measured: number
  readonly limit: number
  readonly isMost: boolean
  readonly isMet: boolean
}

export function atLeast(what: string, measured: number, limit: number): Target {
  return {
    what,
    wire: 'plain HTTP',
    measured: round(measured),
    limit: round(limit),
    isMost: false,
    isMet: measured >= limit,
  }
}

export function atMost(what: string, measured: number, limit: number): Target {
  return {
    what,
    wire: 'plain HTTP',
    measured: round(measured),
    limit: round(limit),
    isMost: true,
    isMet: measured <= limit,
  }
}

export function round(value: number): number {
  return Math.round(value * 100) / 100
}
