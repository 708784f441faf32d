/**
 * Does something with each item, so many at once, in order of beginning. The first failure lets no more begin, and is thrown
 * when those under way have ended.
 */
export async function mapBounded<Item>(
  items: Iterable<Item>,
  atOnce: number,
  act: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]()
  const failures: unknown[] = []
  const work = async (): Promise<void> => {
    for (let next = queue.next(); !next.done && failures.length === 0; next = queue.next())
      await act(next.value).catch((error: unknown) => void failures.push(error))
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  if (failures.length > 0) throw failures[0]
}
