import {
  findQuantization,
  isImportanceMatrix,
  isProjector,
  otherQuantizations,
  quantizationSets,
  usualQuantization,
} from './plan-gguf.ts'
import type { Leave } from './plan-left-out.ts'
import {
  baseName,
  copyFolder,
  folderOf,
  isForReaders,
  isTrainingState,
  type WeightFormat,
  weightFormat,
  weightFormats,
  weightSet,
} from './plan-weights.ts'

/**
 * Leaves out what no runtime needs: whatever is not the one main format in one precision, and what is no part of a model.
 * @param remaining what has not been left out so far
 * @param wantsGguf a quantization was asked for, and chosen already
 */
export function leaveUnneeded(remaining: () => readonly string[], wantsGguf: boolean, leave: Leave): void {
  leave(remaining().filter(isTrainingState), 'training state')
  leave(remaining().filter(isForReaders), 'not for runtimes')
  leave(remaining().filter(isImportanceMatrix), 'not for runtimes')
  const main = mainFormat(remaining(), wantsGguf)
  if (main === undefined) return
  leaveCopies(remaining(), main, leave)
  leaveOtherFormats(remaining(), main, leave)
  leaveOtherPrecisions(remaining(), leave)
  if (main === 'gguf') {
    const sets = quantizationSets(remaining())
    const usual = usualQuantization(sets)
    if (!wantsGguf && usual !== undefined)
      leave(otherQuantizations(remaining(), findQuantization(sets, usual)), 'other quantization')
    leave(remaining().filter(isProjector).toSorted(byPrecision).slice(1), 'other precision')
  }
}

/** Looked for outside the folders of second copies first: `original/` alone does not make a repo a PyTorch one. */
function mainFormat(paths: readonly string[], wantsGguf: boolean): WeightFormat | undefined {
  const own = new Set(paths.filter((path) => copyFolder(path) === undefined).map(weightFormat))
  const all = new Set(paths.map(weightFormat))
  if (wantsGguf && all.has('gguf')) return 'gguf'
  return weightFormats.find((format) => own.has(format)) ?? weightFormats.find((format) => all.has(format))
}

function leaveCopies(paths: readonly string[], main: WeightFormat, leave: Leave): void {
  const hasOwn = paths.some((path) => copyFolder(path) === undefined && weightFormat(path) === main)
  if (!hasOwn) return
  leave(
    paths.filter((path) => copyFolder(path) !== undefined),
    'second copy',
  )
  // Mistral's repos hold the same weights as `consolidated*`, diffusers' repos as one file beside the component folders.
  const others = paths.filter((path) => weightFormat(path) === main && !isConsolidated(path))
  if (others.length > 0) leave(paths.filter(isConsolidated), 'second copy')
  if (paths.includes('model_index.json') && others.some((path) => path.includes('/')))
    leave(
      paths.filter((path) => weightFormat(path) !== undefined && !path.includes('/')),
      'second copy',
    )
}

function isConsolidated(path: string): boolean {
  return /^consolidated\b/.test(baseName(path))
}

/**
 * Weights of another format go where their folder has the main one; a component that comes in no other format stays. GGUF
 * and the rest exclude each other in the whole repo: no runtime needs both.
 */
function leaveOtherFormats(paths: readonly string[], main: WeightFormat, leave: Leave): void {
  const served = new Set(paths.filter((path) => weightFormat(path) === main).map(folderOf))
  const isOther = (path: string): boolean => {
    const format = weightFormat(path)
    if (format === undefined || format === main) return false
    return main === 'gguf' || format !== 'pytorch' || served.has(folderOf(path))
  }
  leave(paths.filter(isOther), 'other format')
}

const precisions = ['', 'bf16', 'fp16', 'f16', 'fp32', 'f32', 'fp8', 'f8', 'int8', '8bit', 'int4', '4bit', 'nf4']

function leaveOtherPrecisions(paths: readonly string[], leave: Leave): void {
  const weights = paths.filter((path) => ['safetensors', 'pytorch'].includes(weightFormat(path) ?? ''))
  const sets = Map.groupBy(weights, (path) => weightSet(path).stem)
  for (const members of sets.values()) {
    const best = members.map(variantOf).toSorted((a, b) => rank(a) - rank(b))[0]
    leave(
      members.filter((path) => variantOf(path) !== best),
      'other precision',
    )
  }
}

function variantOf(path: string): string {
  return weightSet(path).variant ?? ''
}

function rank(variant: string): number {
  const exact = precisions.indexOf(variant)
  if (exact >= 0) return exact
  const family = precisions.findIndex((precision) => precision !== '' && variant.startsWith(precision))
  return (family < 0 ? precisions.length : family) + 0.5
}

function byPrecision(a: string, b: string): number {
  return rank(variantOf(a)) - rank(variantOf(b))
}
