import { seededRandom } from '../../packages/core/test/seeded-random.ts'

/** One row of the matrix: a kind of trouble, in as many cases as wanted. */
export interface Trouble {
  readonly title: string
  /** Cases at the same time: most of a case is waiting. */
  readonly atOnce: number
  /** How many cases the long form goes through. */
  readonly count: number
  /** And how many the short form in `npm test`. */
  readonly shortCount: number
  /** Why it cannot be tried on this machine; `undefined` where it can. */
  readonly obstacle?: () => Promise<string | undefined>
  /** Never more than `count`; fewer where there are not so many. */
  readonly cases: (options: CaseOptions) => Promise<readonly Case[]>
}

export interface CaseOptions {
  readonly count: number
  /** From 0 to 1; the seed decides it. */
  readonly random: () => number
}

export interface Case {
  readonly name: string
  /** Goes through the trouble and mends it. @throws where a promise was not kept */
  readonly run: () => Promise<Seen>
}

/** What a case came to. */
export interface Seen {
  /** In a word or a code. */
  readonly ending: string
  readonly refetch?: Refetch
}

/** Bytes that had been received and were received once more, and how many are allowed. */
export interface Refetch {
  readonly bytes: number
  readonly boundBytes: number
}

export interface TroubleResult {
  readonly title: string
  readonly caseCount: number
  readonly endings: ReadonlyMap<string, number>
  /** Nearest to what is allowed, or furthest above it. */
  readonly worst: Refetch | undefined
  /** Of all that came again, in bytes. */
  readonly median: number | undefined
  /** Promises that were not kept, each with the name of its case. */
  readonly problems: readonly string[]
  readonly seconds: number
  readonly obstacle: string | undefined
}

/** Goes through all cases of a trouble. Never throws for what a case finds. */
export async function goThrough(
  trouble: Trouble,
  { count, seed }: { readonly count: number; readonly seed: number },
): Promise<TroubleResult> {
  const begunMs = performance.now()
  const { title } = trouble
  const endings = new Map<string, number>()
  const problems: string[] = []
  const refetches: Refetch[] = []
  const obstacle = await trouble.obstacle?.()
  const cases = obstacle === undefined ? await trouble.cases({ count, random: seededRandom(seed) }) : []
  const queue = cases.values()
  const work = async (): Promise<void> => {
    for (const { name, run } of queue) {
      try {
        const { ending, refetch } = await run()
        endings.set(ending, (endings.get(ending) ?? 0) + 1)
        if (refetch !== undefined) refetches.push(refetch)
        if (refetch !== undefined && refetch.bytes > refetch.boundBytes)
          problems.push(`${name}: ${refetch.bytes} bytes came again, ${refetch.boundBytes} are allowed`)
      } catch (error) {
        problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  }
  await Promise.all(Array.from({ length: trouble.atOnce }, work))
  const seconds = (performance.now() - begunMs) / 1000
  const byBytes = refetches.map(({ bytes }) => bytes).toSorted((one, other) => one - other)
  const worst = refetches.toSorted((one, other) => other.bytes / other.boundBytes - one.bytes / one.boundBytes)[0]
  const median = byBytes[byBytes.length >> 1]
  return { title, caseCount: cases.length, endings, worst, median, problems, seconds, obstacle }
}

/** At most so many, from all over the list. */
export function spread<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (items.length <= count) return items
  return Array.from({ length: count }, (_, index) => items[Math.floor((index * items.length) / count)] as Item)
}
