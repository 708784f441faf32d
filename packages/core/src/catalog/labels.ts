/**
 * Parameters as the one-line format prints them: the number in the model's name where there is one, else the rounded total.
 * @example paramsLabel('Qwen/Qwen2.5-1.5B-Instruct', 1543714304) // '1.5B'
 */
export function paramsLabel(modelId: string, params: number | undefined): string {
  return paramsInName(modelId) ?? (params === undefined ? '?' : formatCount(params))
}

/** `8030261248` is `8B`, `1543714304` is `1.5B`, `361821120` is `362M`. */
export function formatCount(count: number): string {
  const [value, unit] =
    count >= 0.9995e12
      ? [count / 1e12, 'T']
      : count >= 0.9995e9
        ? [count / 1e9, 'B']
        : count >= 0.9995e6
          ? [count / 1e6, 'M']
          : count >= 0.9995e3
            ? [count / 1e3, 'K']
            : [count, '']
  return `${unit === 'M' || value >= 9.95 ? Math.round(value) : Number(value.toFixed(1))}${unit}`
}

/** 16-bit weights in decimal GB, rounded up: what the one-line format shows where no better label is known. */
export function memoryLabel(bytes: number): string {
  return `${Math.ceil(bytes / 1e9)}GB`
}

/** Two bytes a parameter. */
export function sixteenBitBytes(params: number): number {
  return params * 2
}

/** `32768` is `32k`, `131072` is `128k`, `1000000` is `1M`. */
export function contextLabel(tokens: number): string {
  if (tokens >= 1_000_000) return `${Number((tokens / (tokens % (1 << 20) === 0 ? 1 << 20 : 1e6)).toFixed(1))}M`
  if (tokens < 1000) return String(tokens)
  return `${Number((tokens / (tokens % 1024 === 0 ? 1024 : 1000)).toFixed(1))}k`
}

/** `405B`, `1.5B`, `360m`, and `1_6b` in old names; `A3B` (active) and `8x7B` (experts) are other numbers and do not count. */
function paramsInName(modelId: string): string | undefined {
  const name = modelId.split('/').at(-1) ?? ''
  const [, digits, unit] = /(?:^|[-_. ])(\d{1,5}(?:[._]\d{1,3})?)([bmt])(?=$|[-_. ])/i.exec(name) ?? []
  return digits === undefined ? undefined : `${digits.replace('_', '.')}${unit?.toUpperCase()}`
}
