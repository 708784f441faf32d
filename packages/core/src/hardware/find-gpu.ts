import { distance } from 'fastest-levenshtein'
import { type KnownGpu, knownGpus } from './known-gpus.ts'

/** Words that tell the maker, the line or the form of a card, and not which one it is. */
const NOISE =
  /\b(?:nvidia|geforce|tesla|quadro|amd|radeon|instinct|intel|arc|apple|corporation|graphics|gpu|card|generation|edition|workstation|server|oam|hbm\d*e?|blackwell|w)\b/g

/**
 * The known GPU of that name, as a person types it or a driver prints it: `4090`, `NVIDIA H100 80GB HBM3`, `M3 Max`.
 * A size in the name chooses among cards that differ only by it. `undefined` where the table has none.
 */
export function findKnownGpu(name: string): KnownGpu | undefined {
  const { words, sizeGb } = readName(name)
  const exact = sizeGb === undefined ? undefined : byKey().get(squeeze(`${words}${sizeGb}gb`))
  return exact ?? byKey().get(squeeze(words))
}

/** Names of the table that a mistyped one may have meant, nearest first. */
export function suggestGpuNames(name: string): string[] {
  const wanted = squeeze(readName(name).words)
  const near = [...byKey()]
    .map(([key, { name: known }]) => ({ known, score: slips(wanted, key) }))
    .filter(({ score }) => score <= Math.max(1, wanted.length * 0.34))
    .toSorted((a, b) => a.score - b.score || (a.known < b.known ? -1 : 1))
  return [...new Set(near.map(({ known }) => known))].slice(0, 3)
}

/** `Apple M3 Max 64GB` is the words `m3 max` and the size 64. */
export function readName(name: string): { words: string; sizeGb: number | undefined } {
  const plain = name
    .toLowerCase()
    .replace(/\((?:r|tm|c)\)|[®™]/g, ' ')
    .replace(/[^a-z0-9+.]+/g, ' ')
  const size = /(?:^|\s)(\d{1,4})\s?gi?b\b/.exec(plain)
  const words = (size === null ? plain : plain.replace(size[0], ' ')).replace(NOISE, ' ')
  return { words: words.replace(/\s+/g, ' ').trim(), sizeGb: size === null ? undefined : Number(size[1]) }
}

let keys: ReadonlyMap<string, KnownGpu> | undefined

/** Every name and alias as a key; `4090` for `RTX 4090` as well, where no other card has that number. */
function byKey(): ReadonlyMap<string, KnownGpu> {
  if (keys !== undefined) return keys
  const made = new Map<string, KnownGpu>()
  const spelled = knownGpus.flatMap((gpu) => [gpu.name, ...(gpu.aliases ?? [])].map((name) => [name, gpu] as const))
  for (const [name, gpu] of spelled) {
    const { words, sizeGb } = readName(name)
    made.set(squeeze(sizeGb === undefined ? words : `${words}${sizeGb}gb`), gpu)
  }
  for (const [name, gpu] of spelled) {
    const short = squeeze(readName(name).words.replace(/^(?:rtx|gtx|rx) /, ''))
    if (!made.has(short)) made.set(short, gpu)
  }
  return (keys = made)
}

/** Two letters the wrong way round are one slip. */
function slips(wanted: string, key: string): number {
  return sortLetters(wanted) === sortLetters(key) ? 1 : distance(wanted, key)
}

function sortLetters(text: string): string {
  return text.split('').toSorted().join('')
}

function squeeze(words: string): string {
  return words.replaceAll(' ', '')
}
