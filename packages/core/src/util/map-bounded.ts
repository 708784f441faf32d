/**
 * Does something with each item, so many at once, in order of beginning; gives the answers in the same order. The first failure
 * lets no more begin, and is thrown when those under way have ended.
 */
export async function mapBounded<Item, Answer>(
  items: Iterable<Item>,
  atOnce: number,
  act: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  const queue = items[Symbol.iterator]()
  const answers: Answer[] = []
  const failures: unknown[] = []
  let begun = 0
  const work = async (): Promise<void> => {
    for (let next = queue.next(); !next.done && failures.length === 0; next = queue.next()) {
      const index = begun
      begun += 1
      try {
        answers[index] = await act(next.value)
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  if (failures.length > 0) throw failures[0]
  return answers
}
