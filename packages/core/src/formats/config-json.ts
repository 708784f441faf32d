import { asString, asStrings, isObject, type JsonObject } from '../util/json.ts'
import { headerError } from './header-error.ts'
import { parseBoundedJson } from './parse-bounded-json.ts'

/** What a model's `config.json` says, for `estimateMemory`. */
export interface ConfigFacts {
  readonly config: JsonObject
  readonly modelType?: string
  readonly architecture?: string
}

/** A few kilobytes are usual; one that lists every layer of a large model has some megabytes. */
const limits = { bytes: 8 * 1024 * 1024, depth: 32, members: 500_000 } as const

/**
 * Reads the bytes of a `config.json`.
 * @throws {HubgateError} `ERR_FILE_HEADER` when they are no JSON object of a sensible size
 */
export function parseConfig(bytes: Uint8Array): ConfigFacts {
  const config = parse(bytes)
  if (!isObject(config)) throw headerError('config.json', 'it is no JSON object')
  const modelType = asString(config['model_type'])
  const architecture = asStrings(config['architectures'])?.[0]
  return {
    config,
    ...(modelType === undefined ? {} : { modelType }),
    ...(architecture === undefined ? {} : { architecture }),
  }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return parseBoundedJson(bytes, limits)
  } catch (error) {
    throw headerError('config.json', error instanceof Error ? error.message : 'it cannot be parsed', error)
  }
}
