import type { AccessAnswer } from '../access-answer.ts'
import type { AccessChecker, CheckOptions } from './checker.ts'

export interface CheckManyOptions extends CheckOptions {
  /** Models asked for at once. @default 8 */
  readonly concurrency?: number
  /** Each answer as it comes, in no order. */
  readonly onAnswer?: (answer: AccessAnswer, progress: CheckProgress) => void
}

export interface CheckProgress {
  readonly done: number
  readonly total: number
}

const DEFAULT_CONCURRENCY = 8

/**
 * Checks many models at once, within what the Hub allows: its client waits where nothing is left of the window.
 * @returns one answer for each id, in their order; an id that comes twice is asked for once
 * @throws only what the signal was aborted with
 */
export async function checkMany(
  checker: AccessChecker,
  modelIds: readonly string[],
  options: CheckManyOptions = {},
): Promise<AccessAnswer[]> {
  const { concurrency = DEFAULT_CONCURRENCY, onAnswer, signal } = options
  const wanted = new Map(modelIds.map((id) => [id.toLowerCase(), id]))
  const answers = new Map<string, AccessAnswer>()
  const queue = wanted.entries()
  const worker = async (): Promise<void> => {
    for (const [key, modelId] of queue) {
      const answer = await checker.check(modelId, { signal })
      answers.set(key, answer)
      onAnswer?.(answer, { done: answers.size, total: wanted.size })
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, wanted.size) }, worker))
  return modelIds.flatMap((id) => answers.get(id.toLowerCase()) ?? [])
}
