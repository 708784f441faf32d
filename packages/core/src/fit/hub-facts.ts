import { baseModelTag } from '../catalog/base-model.ts'
import { liveRecord } from '../catalog/live-record.ts'
import type { ModelRecord } from '../catalog/record.ts'
import { HubgateError, hasErrorCode } from '../errors.ts'
import { parseConfig } from '../formats/config-json.ts'
import type { HubClient } from '../hub/client.ts'
import { listModels } from '../hub/list-models.ts'
import { openRangeReader } from '../hub/read-range.ts'
import { listTree } from '../hub/tree.ts'
import type { ModelFactsForMemory } from '../memory/facts.ts'
import { readShape } from '../memory/model-shape.ts'
import type { JsonObject } from '../util/json.ts'
import { ggufFileFacts } from './gguf-file-facts.ts'
import { originalOf } from './relatives.ts'
import type { ListedFile } from './weight-files.ts'

/** What `parseConfig` would refuse is not fetched. */
const MAX_CONFIG_BYTES = 8 * 1024 * 1024
const MAX_FILES = 20_000
const MAX_RELATIVES = 30

export interface Asked {
  readonly client: HubClient
  readonly signal?: AbortSignal | undefined
}

/** Why something of a model's could not be had: behind its gate, not there, of no use, or the Hub did not give it. */
export type Missing = 'refused' | 'absent' | 'unusable' | 'unreachable'

/** The parsed `config.json`. */
export async function readHubConfig(modelId: string, asked: Asked): Promise<{ config: JsonObject } | Missing> {
  return orMissing(asked, async ({ client, signal }) => {
    const reader = await openRangeReader(client, { modelId, path: 'config.json' }, { signal })
    if (reader.sizeBytes > MAX_CONFIG_BYTES) return 'unusable'
    const { config } = parseConfig(await reader.read(0, reader.sizeBytes))
    return readShape(config) === undefined ? 'unusable' : { config }
  })
}

/** What the header of a GGUF file tells; of one in parts, that of the first. */
export async function readHubGguf(
  modelId: string,
  parts: readonly ListedFile[],
  asked: Asked,
): Promise<ModelFactsForMemory | Missing> {
  const [first] = parts
  if (first === undefined) return 'absent'
  return orMissing(asked, async ({ client, signal }) =>
    ggufFileFacts(await openRangeReader(client, { modelId, path: first.path }, { signal }), parts, signal),
  )
}

async function orMissing<T>(asked: Asked, read: (asked: Asked) => Promise<T | Missing>): Promise<T | Missing> {
  try {
    return await read(asked)
  } catch (error) {
    asked.signal?.throwIfAborted()
    if (hasErrorCode(error, 'ERR_FILE_NOT_FOUND') || hasErrorCode(error, 'ERR_MODEL_NOT_FOUND')) return 'absent'
    if (hasErrorCode(error, 'ERR_ACCESS_REFUSED') || hasErrorCode(error, 'ERR_TOKEN_INVALID')) return 'refused'
    if (hasErrorCode(error, 'ERR_FILE_HEADER')) return 'unusable'
    if (error instanceof HubgateError) return 'unreachable'
    throw error
  }
}

/** Files of the default branch with their sizes, which also a gate does not hide; `undefined` where the Hub would not say. */
export async function listHubFiles(modelId: string, { client, signal }: Asked): Promise<ListedFile[] | undefined> {
  const files: ListedFile[] = []
  try {
    for await (const { entries } of listTree(client, modelId, { signal })) {
      files.push(...entries.flatMap((entry) => (entry.type === 'file' ? [entry] : [])))
      if (files.length > MAX_FILES) break
    }
    return files
  } catch (error) {
    signal?.throwIfAborted()
    if (!(error instanceof HubgateError)) throw error
    return undefined
  }
}

/** Repositories that say they are this model in another number format, most downloaded first. One call. */
export async function listHubRelatives(record: ModelRecord, { client, signal }: Asked): Promise<ModelRecord[]> {
  const base = originalOf(record)
  const query = {
    filter: [baseModelTag('quantized', base)],
    sort: 'downloads',
    direction: -1,
    limit: MAX_RELATIVES,
  } as const
  try {
    for await (const { models } of listModels(client, query, { signal })) {
      const seenAt = new Date()
      // A row tells its base in a tag; who answers a filter for it has it, whatever the order of its tags.
      return models.map((model) => withBase(liveRecord(model, seenAt), base))
    }
  } catch (error) {
    signal?.throwIfAborted()
    if (!(error instanceof HubgateError)) throw error
  }
  return []
}

function withBase(record: ModelRecord, base: string): ModelRecord {
  const baseModel = { value: base, source: 'live', asOf: record.facts.tags?.asOf } as const
  return { ...record, facts: { ...record.facts, baseModel } }
}
