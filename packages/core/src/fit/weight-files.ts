/** A file of a repository or a folder, as far as counting weights goes. */
export interface ListedFile {
  readonly path: string
  readonly sizeBytes: number
}

export interface WeightFiles {
  /** What an engine loads of the safetensors, in shard order. */
  readonly safetensors: readonly ListedFile[]
  /** Files of each GGUF quantization, in shard order. */
  readonly gguf: ReadonlyMap<string, readonly ListedFile[]>
}

/**
 * What of a repository's files is loaded. Copies are not counted: weights in folders (`original/`, `metal/`, `onnx/`), a
 * `consolidated.safetensors` beside the usual shards; nor are projectors and adapters.
 */
export function chooseWeightFiles(files: readonly ListedFile[]): WeightFiles {
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1))
  const root = sorted.filter(({ path }) => /^[^/]+\.safetensors$/i.test(path) && !/^adapter|^consolidated/i.test(path))
  const usual = root.filter(({ path }) => /^(?:model|pytorch_model)(?:[.-].*)?\.safetensors$/i.test(path))
  const consolidated = sorted.filter(({ path }) => /^consolidated[^/]*\.safetensors$/i.test(path))
  return {
    safetensors: [usual, root, consolidated].find((list) => list.length > 0) ?? [],
    gguf: groupGguf(sorted),
  }
}

/** Of several files together, as `ModelFactsForMemory` has them. */
export function sizesOf(gguf: WeightFiles['gguf']): Record<string, number> {
  return Object.fromEntries([...gguf].map(([type, files]) => [type, sumOf(files)]))
}

export function sumOf(files: readonly ListedFile[]): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
}

/** `Llama-3.1-8B-Q4_K_M.gguf`, `UD-Q4_K_XL/model-UD-Q4_K_XL-00001-of-00003.gguf`. */
const GGUF_TYPE =
  /(?:^|[-._/])((?:UD-)?(?:I?Q\d_[A-Z0-9_]+|TQ[12]_0|MXFP4(?:_MOE)?|BF16|F16|F32))(?:-\d{5}-of-\d{5})?\.gguf$/i

function groupGguf(files: readonly ListedFile[]): ReadonlyMap<string, readonly ListedFile[]> {
  const byType = new Map<string, ListedFile[]>()
  for (const file of files) {
    const type = GGUF_TYPE.exec(file.path)?.[1]?.toUpperCase()
    if (type === undefined || /mmproj|imatrix/i.test(file.path)) continue
    byType.set(type, [...(byType.get(type) ?? []), file])
  }
  return byType
}

/** Sizes that a model of so many parameters cannot have (a repository of pointers, a part of one) are not believed. */
export function arePlausible(bytes: number, params: number | undefined): boolean {
  return params === undefined || (bytes >= params / 6 && bytes <= params * 4.5)
}
