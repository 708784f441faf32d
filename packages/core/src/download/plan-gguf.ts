import { baseName, folderOf, weightFormat } from './plan-weights.ts'

/** A quantization of a GGUF repo: one file, or shards that people see as one. */
export interface GgufSet {
  /** `Q4_K_M`, `UD-Q4_K_XL`, `BF16`; `undefined` where the name tells none. */
  readonly quantization: string | undefined
  /** Folder and name without shard number and extension. */
  readonly stem: string
  readonly paths: readonly string[]
}

/** The last match in a name is the label. @see hub-protocol 9.5 */
const label =
  /(?<![a-z0-9])(?:UD-)?(?:I?Q\d+(?:_[0-9A-Z]+)*|TQ\d_\d|BF16|F16|FP16|F32|FP32|MXFP\d(?:_MOE)?|NVFP\d)(?![a-z0-9])/gi

/** What most people run, then what most machines hold: as `llama.cpp` and Ollama choose where nobody says. */
const preferred = ['Q4_K_M', 'UD-Q4_K_XL', 'Q4_K_S', 'MXFP4', 'MXFP4_MOE', 'IQ4_XS', 'Q4_0', 'Q5_K_M', 'Q6_K', 'Q8_0']

/** The quantizations among the files of a repo. Projectors and importance matrices are none. */
export function quantizationSets(filePaths: readonly string[]): GgufSet[] {
  return groupGguf(
    filePaths.filter((path) => weightFormat(path) === 'gguf' && !isProjector(path) && !isImportanceMatrix(path)),
  )
}

/** The GGUF files that belong to none of the wanted sets. A projector belongs to all. */
export function otherQuantizations(filePaths: readonly string[], wanted: readonly GgufSet[]): string[] {
  const kept = new Set(wanted.flatMap(({ paths }) => paths))
  return filePaths.filter((path) => weightFormat(path) === 'gguf' && !isProjector(path) && !kept.has(path))
}

export function labelsOf(sets: readonly GgufSet[]): string[] {
  return [...new Set(sets.flatMap(({ quantization }) => quantization ?? []))]
}

function groupGguf(filePaths: readonly string[]): GgufSet[] {
  const sets = new Map<string, string[]>()
  for (const filePath of filePaths) {
    const stem = filePath.replace(/(?:-\d{5}-of-\d{5})?\.gguf$/i, '')
    const members = sets.get(stem)
    if (members === undefined) sets.set(stem, [filePath])
    else members.push(filePath)
  }
  return [...sets].map(([stem, paths]) => ({ stem, paths, quantization: quantizationOf(stem) }))
}

/** A label in the file's own name wins over one in its folder's. */
function quantizationOf(stem: string): string | undefined {
  for (const text of [baseName(stem), folderOf(stem)]) {
    const found = [...text.matchAll(label)].at(-1)?.[0]
    if (found !== undefined) return found.toUpperCase()
  }
  return undefined
}

/** Helps a vision model see; goes with whatever quantization is chosen. */
export function isProjector(filePath: string): boolean {
  return /^mmproj[-_.]|[-_.]mmproj[-_.]/i.test(baseName(filePath))
}

/** What quantizing was steered by: nothing that runs. */
export function isImportanceMatrix(filePath: string): boolean {
  return /imatrix/i.test(baseName(filePath))
}

/**
 * The sets a person means by `--quant`: the label, in any case, with `-` for `_` or the other way round; else files that
 * carry it anywhere in their name, so that labels nobody has heard of work.
 */
export function findQuantization(sets: readonly GgufSet[], wanted: string): GgufSet[] {
  const key = loose(wanted)
  const exact = sets.filter(({ quantization }) => quantization !== undefined && loose(quantization) === key)
  return exact.length > 0 ? exact : sets.filter(({ stem }) => `_${loose(stem)}_`.includes(`_${key}_`))
}

/** Of several quantizations, the one that is meant where nobody says; `undefined` where the names tell none. */
export function usualQuantization(sets: readonly GgufSet[]): string | undefined {
  const labels = labelsOf(sets)
  return preferred.find((candidate) => labels.includes(candidate)) ?? labels[0]
}

function loose(text: string): string {
  return text.toUpperCase().replaceAll(/[-./ ]/g, '_')
}
