import { endpointText } from '../settings/endpoint.ts'
import type { DownloadSession } from './download-session.ts'
import { idsIn } from './kept-folder.ts'
import { type Rename, readRenames } from './kept-names.ts'

export interface RecalledNames {
  /** What the Hub calls the model now, as far as it was asked; else as it was given. */
  readonly present: string
  /** Under which something of it may lie here: as given, then spelled in other letters, then former and later names. */
  readonly ids: readonly string[]
  /** The other models of which something lies here. */
  readonly strangers: readonly string[]
}

export type NameMemory = Pick<DownloadSession, 'client' | 'store' | 'hubCache' | 'listingFolder'>

/** What a model is called here, without asking the Hub, which tells ids by their letters and not by their case. */
export async function recallNames(modelId: string, memory: NameMemory): Promise<RecalledNames> {
  const { hubCache, listingFolder } = memory
  const renames = [...(await readRenames(listingFolder)), ...(await seenRenames(modelId, memory))]
  const here = new Set([...(await idsIn(hubCache)), ...(await idsIn(listingFolder))])
  const names = namesOf(modelId, renames)
  const isOwn = (id: string): boolean => names.has(id.toLowerCase())
  const others = [...here].filter((id) => id !== modelId && isOwn(id)).toSorted()
  const [respelled, renamed] = [true, false].map((isSame) => others.filter((id) => isAlike(id, modelId) === isSame))
  return {
    present: presentName(modelId, renames),
    ids: [modelId, ...(respelled ?? []), ...(renamed ?? [])],
    strangers: [...here].filter((id) => !isOwn(id)),
  }
}

/** What `search` and `show` have seen. An id that is in use is a former one of no other. */
async function seenRenames(modelId: string, { client, store }: NameMemory): Promise<Rename[]> {
  const scope = { endpoint: endpointText(client.settings.endpoint), accounts: [''] }
  const seen = (await store?.live.findModel(scope, modelId).catch(() => undefined)) ?? []
  const own = seen.filter(({ id }) => isAlike(id, modelId))
  return (own.length > 0 ? own : seen).flatMap(({ id: present, formerIds }) =>
    formerIds.map((former) => ({ former, present })),
  )
}

/** All that it was ever called, in lower case. */
function namesOf(modelId: string, renames: readonly Rename[]): ReadonlySet<string> {
  const names = new Set([modelId.toLowerCase()])
  // A set that grows while it is gone through is gone through to its end.
  for (const name of names)
    for (const { former, present } of renames)
      if (isAlike(former, name) || isAlike(present, name)) names.add(former.toLowerCase()).add(present.toLowerCase())
  return names
}

function presentName(modelId: string, renames: readonly Rename[]): string {
  let present = modelId
  const passed = new Set<string>()
  while (!passed.has(present.toLowerCase())) {
    passed.add(present.toLowerCase())
    present = renames.find(({ former }) => isAlike(former, present))?.present ?? present
  }
  return present
}

function isAlike(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
