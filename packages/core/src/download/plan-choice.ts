import { HubgateError } from '../errors.ts'
import { findQuantization, labelsOf, otherQuantizations, quantizationSets } from './plan-gguf.ts'
import { createGlobs } from './plan-globs.ts'
import type { Leave, LeftOutReason } from './plan-left-out.ts'
import { leaveUnneeded } from './plan-runtime.ts'

/** What a person asked for. With nothing, it is what a runtime needs. */
export interface FileChoice {
  /** Only files that match one of these (`hf download` reads them the same way). */
  readonly include?: readonly string[]
  /** No file that matches one of these. */
  readonly exclude?: readonly string[]
  /** Of the GGUF files only this quantization, as `Q4_K_M`. */
  readonly quantization?: string
  /** Every file of the commit. @default false */
  readonly all?: boolean
}

export interface ChosenFiles<File> {
  readonly files: readonly File[]
  readonly leftOut: ReadonlyMap<LeftOutReason, readonly File[]>
  /** Of the GGUF files that were chosen; `undefined` where there are none, or several. */
  readonly quantization: string | undefined
  /** All quantizations there were to choose from. */
  readonly quantizations: readonly string[]
}

/**
 * Chooses files of a commit by their names. Pure.
 *
 * What a runtime needs: safetensors in one precision, else one GGUF quantization (with its projector), else the first of the
 * other formats; and configuration, tokenizer, templates, code and licence.
 * @throws {HubgateError} `ERR_FILES_NOT_FOUND` where nothing is what was asked for
 */
export function chooseFiles<File extends { readonly path: string }>(
  files: readonly File[],
  choice: FileChoice = {},
): ChosenFiles<File> {
  const reasons = new Map<string, LeftOutReason>()
  let left = files.map(({ path }) => path)
  const leave: Leave = (paths, reason) => {
    for (const path of paths) if (!reasons.has(path)) reasons.set(path, reason)
    if (paths.length > 0) left = left.filter((path) => !reasons.has(path))
  }
  const remaining = (): readonly string[] => left

  leaveByGlobs(remaining(), choice, leave)
  if (remaining().length === 0) throw notFound(files.length === 0 ? 'any file' : describeGlobs(choice), 'none is there')
  const isOwnChoice = choice.all === true || choice.include !== undefined
  const sets = quantizationSets(remaining())
  if (choice.quantization !== undefined) {
    const found = findQuantization(sets, choice.quantization)
    if (found.length === 0)
      throw notFound(`the quantization ${choice.quantization}`, 'it has no GGUF files', labelsOf(sets))
    leave(otherQuantizations(remaining(), found), 'other quantization')
  }
  if (!isOwnChoice) leaveUnneeded(remaining, choice.quantization !== undefined, leave)
  if (remaining().length === 0) throw notFound('anything a runtime needs', '--all fetches what there is')

  const chosen = files.filter(({ path }) => !reasons.has(path))
  const labels = labelsOf(quantizationSets(chosen.map(({ path }) => path)))
  return {
    files: chosen,
    leftOut: Map.groupBy(
      files.filter(({ path }) => reasons.has(path)),
      ({ path }) => reasons.get(path) ?? 'excluded',
    ),
    quantization: labels.length === 1 ? labels[0] : undefined,
    quantizations: labelsOf(sets),
  }
}

function leaveByGlobs(paths: readonly string[], { include, exclude = [] }: FileChoice, leave: Leave): void {
  const isExcluded = createGlobs(exclude)
  leave(paths.filter(isExcluded), 'excluded')
  if (include === undefined) return
  const isIncluded = createGlobs(include)
  leave(
    paths.filter((path) => !isIncluded(path)),
    'not included',
  )
}

function describeGlobs({ include = [], exclude = [] }: FileChoice): string {
  return [...include, ...exclude.map((pattern) => `not ${pattern}`)].join(', ')
}

function notFound(
  wanted: string,
  otherwise: string,
  available: readonly string[] = [],
): HubgateError<'ERR_FILES_NOT_FOUND'> {
  const shown = available.length === 0 ? otherwise : `there is ${available.join(', ')}`
  return new HubgateError('ERR_FILES_NOT_FOUND', `Cannot find ${wanted} in this repo: ${shown}`, { wanted, available })
}
