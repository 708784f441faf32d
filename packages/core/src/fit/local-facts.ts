import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { hasErrorCode } from '../errors.ts'
import { parseConfig } from '../formats/config-json.ts'
import { openFileReader } from '../formats/open-file-reader.ts'
import { safetensorsFacts } from '../formats/safetensors-facts.ts'
import { readSafetensorsHeader } from '../formats/safetensors-header.ts'
import type { ModelFactsForMemory } from '../memory/facts.ts'
import { readShape } from '../memory/model-shape.ts'
import { stripControlCharacters } from '../util/control-characters.ts'
import type { FitFacts } from './fit-facts.ts'
import { ggufFileFacts } from './gguf-file-facts.ts'
import { makeFacts } from './record-facts.ts'
import { chooseWeightFiles, type ListedFile, sizesOf } from './weight-files.ts'

const MAX_CONFIG_BYTES = 8 * 1024 * 1024

/**
 * Facts of a model on disk: a folder as `from_pretrained` takes it, or a file of weights with its `config.json` beside it. Reads
 * headers and the config; of the weights themselves nothing.
 * @throws {TypeError} for a path where no weights are
 * @throws {HubgateError} `ERR_FILE_HEADER` for weights that are damaged or something else; and what the file system throws
 */
export async function localFacts(location: string, signal?: AbortSignal): Promise<FitFacts> {
  const isFolder = (await stat(location)).isDirectory()
  const folder = isFolder ? location : path.dirname(location)
  const files = await listFolder(folder)
  const own = files.filter((file) => isFolder || file.path === path.basename(location))
  const weights = await readWeights(folder, own, signal)
  if (weights === undefined)
    throw new TypeError(`Cannot judge ${location}: no weights are there (*.safetensors or *.gguf)`)
  const config = weights.config ?? (await readLocalConfig(path.join(folder, 'config.json')))
  const name = stripControlCharacters(path.basename(path.resolve(location)))
  const notes =
    config === undefined ? ['there is no usable config.json beside it: the cache is guessed from its size'] : []
  const model = { ...weights, name, ...(config === undefined ? {} : { config }) }
  return makeFacts(name, model, { maxContext: undefined, relatives: [], notes })
}

async function readWeights(
  folder: string,
  files: readonly ListedFile[],
  signal: AbortSignal | undefined,
): Promise<ModelFactsForMemory | undefined> {
  const { safetensors, gguf } = chooseWeightFiles(files)
  if (safetensors.length > 0) {
    const headers = safetensors.map(async (file) => {
      await using reader = await openFileReader(path.join(folder, file.path))
      return await readSafetensorsHeader(reader)
    })
    return safetensorsFacts(await Promise.all(headers))
  }
  // A file may be named without its type: its header tells it.
  const parts = [...gguf.values()][0] ?? files.filter((file) => /\.gguf$/i.test(file.path)).slice(0, 1)
  const [first] = parts
  if (first === undefined) return undefined
  await using reader = await openFileReader(path.join(folder, first.path))
  const facts = await ggufFileFacts(reader, parts, signal)
  return gguf.size > 1 ? { ...facts, ggufFilesBytes: sizesOf(gguf) } : facts
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

async function readLocalConfig(file: string): Promise<unknown> {
  const status = await stat(file).catch(() => undefined)
  if (!status?.isFile() || status.size > MAX_CONFIG_BYTES) return undefined
  try {
    const { config } = parseConfig(await readFile(file))
    return readShape(config) === undefined ? undefined : config
  } catch (error) {
    if (hasErrorCode(error, 'ERR_FILE_HEADER')) return undefined
    throw error
  }
}
