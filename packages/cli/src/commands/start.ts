import { curatedList, curatedSource, searchCatalog } from '@hubgate/core/catalog'
import type { Context } from '../context.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { createListWriter } from '../views/list-writer.ts'

const FIRST_ROWS = 20

/** `hubgate` alone: search as you type on a terminal; elsewhere a first table and the help. */
export async function start(context: Context, help: () => string): Promise<number> {
  if (context.out.canRedraw && context.input.isTTY)
    return (await import('../interactive/run.ts')).runInteractive(context)
  for await (const { records } of searchCatalog([curatedSource(curatedList())], { limit: FIRST_ROWS }))
    createListWriter(context, 'table', { limit: FIRST_ROWS }).update(records, false)
  context.out.write(`\n${help()}`)
  return EXIT_CODES.done
}
