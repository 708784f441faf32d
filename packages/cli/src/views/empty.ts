import type { CatalogQuery, FilterName, SearchState } from '@hubgate/core/catalog'

const flagOf: Readonly<Record<FilterName, string>> = {
  text: 'the text',
  task: '--task',
  author: '--author',
  library: '--library',
  license: '--license',
  gate: '--gated',
  params: '--params',
  context: '--context',
  category: '--category',
  fits: '--fits',
}

/** Why a list is empty, and what to change. */
export function describeEmpty(query: CatalogQuery, state: Pick<SearchState, 'emptiedBy' | 'failures'>): string[] {
  const what = query.text === undefined ? 'No model matches' : `No model matches "${query.text}"`
  const [only, ...more] = state.emptiedBy
  if (only === undefined) return [`${what}.`, 'hint: try fewer words or fewer filters']
  const names = [only, ...more].map((name) => flagOf[name])
  return [`${what}.`, `hint: without ${names.join(', or without ')} there would be some`]
}
