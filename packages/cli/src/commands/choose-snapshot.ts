import path from 'node:path'
import { type DownloadTarget, parseDownloadTarget, type SnapshotRequest } from '@hubgate/core/download'
import type { Context } from '../context.ts'
import { UsageError } from '../exit-codes.ts'

/** What the options that choose of a model came out as; `options.ts` made them so. */
export interface ChoiceFlags {
  readonly revision?: string
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  readonly quant?: string
  readonly all?: boolean
  readonly localDir?: string
}

/**
 * The models that were named. What a word says of itself goes before the flags.
 * @throws {HubgateError} `ERR_MODEL_ID`; {UsageError} for several models that would mix in one folder
 */
export function targetsOf({ settings }: Context, words: readonly string[], flags: ChoiceFlags): DownloadTarget[] {
  if (words.length > 1 && flags.localDir !== undefined)
    throw new UsageError(
      'Cannot put several models into one folder: name one model with --local-dir',
      'without --local-dir they go into the cache, each into a folder of its own',
    )
  refuseFileNames(words)
  const { revision, quant } = flags
  return words.map((word) => ({
    ...(revision === undefined ? {} : { revision }),
    ...(quant === undefined ? {} : { quantization: quant }),
    ...parseDownloadTarget(word, settings.endpoint.host),
  }))
}

/** `hf download` takes names of files after the id; here each word is a model. */
function refuseFileNames(words: readonly string[]): void {
  const name = words
    .slice(1)
    .find((word) => /\*|^[^/]+\.(?:bin|gguf|jinja|json|md|model|onnx|pth?|py|safetensors|txt)$/i.test(word))
  if (name === undefined) return
  throw new UsageError(
    `Cannot read "${name}" as a model: files are chosen by --include`,
    `\`${words[0]} --include '${name}'\` takes only what has that name`,
  )
}

/** What to get of one of them, and where to. */
export function snapshotRequest(target: DownloadTarget, flags: ChoiceFlags): SnapshotRequest {
  const { revision, quantization, include: named } = target
  const { exclude, all, localDir } = flags
  const include = named === undefined ? flags.include : [...named, ...(flags.include ?? [])]
  const choice = {
    ...(include === undefined ? {} : { include }),
    ...(exclude === undefined ? {} : { exclude }),
    ...(all === undefined ? {} : { all }),
    ...(quantization === undefined ? {} : { quantization }),
  }
  return {
    choice,
    ...(revision === undefined ? {} : { revision }),
    ...(localDir === undefined ? {} : { localFolder: path.resolve(localDir) }),
  }
}
