/** A file of a repository, as far as counting weights goes. */
export interface ListedFile {
  readonly path: string
  readonly sizeBytes: number
}

export interface WeightFiles {
  /** Bytes of the safetensors that an engine loads; `undefined` where there are none. */
  readonly safetensorsBytes: number | undefined
  /** Bytes of each GGUF quantization, its shards together. */
  readonly ggufFilesBytes: Readonly<Record<string, number>>
}

/**
 * What of a repository's files is loaded. Copies are not counted: weights in folders (`original/`, `metal/`, `onnx/`), a
 * `consolidated.safetensors` beside the usual shards; nor are projectors and adapters.
 */
export function countWeightFiles(files: readonly ListedFile[]): WeightFiles {
  const root = files.filter(({ path }) => /^[^/]+\.safetensors$/i.test(path) && !/^adapter|^consolidated/i.test(path))
  const usual = root.filter(({ path }) => /^(?:model|pytorch_model)(?:[.-].*)?\.safetensors$/i.test(path))
  const consolidated = files.filter(({ path }) => /^consolidated[^/]*\.safetensors$/i.test(path))
  const chosen = [usual, root, consolidated].find((list) => list.length > 0)
  return {
    safetensorsBytes: chosen?.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    ggufFilesBytes: countGgufFiles(files),
  }
}

/** `Llama-3.1-8B-Q4_K_M.gguf`, `UD-Q4_K_XL/model-UD-Q4_K_XL-00001-of-00003.gguf`. */
const GGUF_TYPE =
  /(?:^|[-._/])((?:UD-)?(?:I?Q\d_[A-Z0-9_]+|TQ[12]_0|MXFP4(?:_MOE)?|BF16|F16|F32))(?:-\d{5}-of-\d{5})?\.gguf$/i

function countGgufFiles(files: readonly ListedFile[]): Record<string, number> {
  const byType: Record<string, number> = {}
  for (const { path, sizeBytes } of files) {
    const type = GGUF_TYPE.exec(path)?.[1]?.toUpperCase()
    if (type === undefined || /mmproj|imatrix/i.test(path)) continue
    byType[type] = (byType[type] ?? 0) + sizeBytes
  }
  return byType
}

/** Sizes that a model of so many parameters cannot have (a repository of pointers, a part of one) are not believed. */
export function arePlausible(bytes: number, params: number | undefined): boolean {
  return params === undefined || (bytes >= params / 6 && bytes <= params * 4.5)
}
