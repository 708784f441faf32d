import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { readShape } from '../memory/model-shape.ts'
import { stripControlCharacters } from '../util/control-characters.ts'
import { isObject, type JsonObject } from '../util/json.ts'
import type { FitFacts } from './fit-facts.ts'
import { makeFacts } from './record-facts.ts'
import { countWeightFiles, type ListedFile } from './weight-files.ts'

const MAX_CONFIG_BYTES = 8 * 1024 * 1024

/**
 * Facts of a model on disk: a folder as `from_pretrained` takes it, a GGUF file, or one file of weights with its `config.json`
 * beside it. Reads names, sizes and the config; of weights nothing.
 * @throws {TypeError} for a path where no weights are; what the file system throws
 */
export async function localFacts(location: string): Promise<FitFacts> {
  const status = await stat(location)
  const folder = status.isDirectory() ? location : path.dirname(location)
  const files = status.isDirectory()
    ? await listFolder(location)
    : [{ path: path.basename(location), sizeBytes: status.size }]
  const { safetensorsBytes, ggufFilesBytes } = countWeightFiles(files)
  if (safetensorsBytes === undefined && Object.keys(ggufFilesBytes).length === 0)
    throw new TypeError(
      `Cannot judge ${location}: no weights are there (*.safetensors, or *.gguf with its type in the name)`,
    )
  const config = await readLocalConfig(path.join(folder, 'config.json'))
  const name = stripControlCharacters(path.basename(path.resolve(location)))
  const model = {
    name,
    ...(config === undefined ? {} : { config }),
    ...(safetensorsBytes === undefined ? {} : { weightsBytes: safetensorsBytes, weightsBasis: 'files' as const }),
    ...(Object.keys(ggufFilesBytes).length === 0 ? {} : { ggufFilesBytes }),
  }
  const notes =
    config === undefined ? ['there is no usable config.json beside it: the cache is guessed from its size'] : []
  return makeFacts(name, model, { maxContext: undefined, relatives: [], notes })
}

async function listFolder(folder: string): Promise<ListedFile[]> {
  const names = await readdir(folder)
  const files = await Promise.all(
    names.map(async (name) => {
      // A link in a snapshot leads to the blob, whose size counts; a broken one counts for nothing.
      const status = await stat(path.join(folder, name)).catch(() => undefined)
      return status?.isFile() ? [{ path: name, sizeBytes: status.size }] : []
    }),
  )
  return files.flat()
}

async function readLocalConfig(file: string): Promise<JsonObject | undefined> {
  try {
    if ((await stat(file)).size > MAX_CONFIG_BYTES) return undefined
    const value: unknown = JSON.parse(await readFile(file, 'utf8'))
    return isObject(value) && readShape(value) !== undefined ? value : undefined
  } catch {
    return undefined
  }
}
