/** Where the bytes of a file are. An address may be signed: then it opens the file to anyone who sees it. */

/** What is shown of it, and of any other: not the query, where signatures are, and more than anybody reads. */
export function shownUrl({ origin, pathname }: URL): string {
  return `${origin}${pathname}`
}

/**
 * May one place lead to the other? From https only to https, and never to what is no web address: the bytes are held against
 * their hash, but who asked over https does not want them told to the whole network.
 */
export function mayLeadTo(from: URL, to: URL): boolean {
  return to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:')
}
