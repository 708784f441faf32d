/**
 * `--include` and `--exclude` mean what they mean to `hf download`: Python's `fnmatchcase`, in which `*` crosses `/`, case
 * counts, and a backslash stands for `/`; a pattern that ends in `/` means all below. No npm library matches this dialect
 * exactly (they give `*`, `{a,b}`, `**` and backslashes meanings of their own), so this is it, held to Python's by a test.
 * @see https://docs.python.org/3/library/fnmatch.html
 */
export function createGlob(pattern: string): (path: string) => boolean {
  const slashed = pattern.replaceAll('\\', '/')
  const steps = parsePattern(slashed.endsWith('/') ? `${slashed}*` : slashed)
  return (path) => matchesSteps(steps, Array.from(path))
}

/** One of the patterns, that is. */
export function createGlobs(patterns: readonly string[]): (path: string) => boolean {
  const globs = patterns.map(createGlob)
  return (path) => globs.some((matches) => matches(path))
}

type Step = 'any run' | ((character: string) => boolean)

function parsePattern(pattern: string): Step[] {
  const characters = Array.from(pattern)
  const steps: Step[] = []
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? ''
    const end = character === '[' ? endOfSet(characters, at) : -1
    if (character === '*') steps.push('any run')
    else if (character === '?') steps.push(() => true)
    else if (end < 0) steps.push((candidate) => candidate === character)
    else {
      steps.push(parseSet(characters.slice(at + 1, end)))
      at = end
    }
  }
  return steps
}

/** A `]` right after `[` or `[!` belongs to the set. Without an end, `[` is just a character: -1. */
function endOfSet(characters: readonly string[], start: number): number {
  let at = start + 1
  if (characters[at] === '!') at += 1
  if (characters[at] === ']') at += 1
  return characters.indexOf(']', at)
}

/** `[a-z_]`, `[!0-9]`. A range the wrong way round holds nothing; a hyphen at an end is itself. */
function parseSet(inside: readonly string[]): Step {
  const isNegated = inside[0] === '!'
  const members = isNegated ? inside.slice(1) : inside
  const ranges: (readonly [number, number])[] = []
  for (let at = 0; at < members.length; at += 1) {
    const isRange = members[at + 1] === '-' && at + 2 < members.length
    ranges.push([codePoint(members[at]), codePoint(members[isRange ? at + 2 : at])])
    if (isRange) at += 2
  }
  return (character) => {
    const code = codePoint(character)
    return ranges.some(([low, high]) => code >= low && code <= high) !== isNegated
  }
}

function codePoint(character: string | undefined): number {
  return character?.codePointAt(0) ?? Number.NaN
}

/** Only the last `*` is ever gone back to, so a hostile pattern costs pattern × path at most. */
function matchesSteps(steps: readonly Step[], characters: readonly string[]): boolean {
  let step = 0
  let at = 0
  let afterRun = -1
  let runEnd = 0
  while (at < characters.length) {
    const current = steps[step]
    if (current === 'any run') {
      afterRun = step + 1
      runEnd = at
      step = afterRun
    } else if (current?.(characters[at] ?? '') === true) {
      step += 1
      at += 1
    } else if (afterRun >= 0) {
      runEnd += 1
      at = runEnd
      step = afterRun
    } else return false
  }
  return steps.slice(step).every((rest) => rest === 'any run')
}
