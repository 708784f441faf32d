/** Environment variables, as an edge hands them in. */
export type Environment = Readonly<Record<string, string | undefined>>

/** `1`, `ON`, `YES` and `TRUE`, in any case, as `huggingface_hub` reads them. */
export function isTruthy(value: string | undefined): boolean {
  return value !== undefined && ['1', 'ON', 'YES', 'TRUE'].includes(value.trim().toUpperCase())
}

/** The first variable that is set and not empty. */
export function firstSet(
  environment: Environment,
  names: readonly string[],
): { readonly name: string; readonly value: string } | undefined {
  for (const name of names) {
    const value = environment[name]
    if (value !== undefined && value.trim() !== '') return { name, value }
  }
  return undefined
}
