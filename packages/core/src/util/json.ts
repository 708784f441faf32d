export type JsonObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value when it is a string, else `undefined`. */
export function asString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** The value when it is a number that can be counted with, else `undefined`. */
export function asCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}

/** The value when it is a whole number that is exact: a size in bytes, of which another would be a lie. */
export function asWholeNumber(value: unknown): number | undefined {
  const count = asCount(value)
  return Number.isSafeInteger(count) ? count : undefined
}

export function asBoolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined
}

/** The strings of an array; other elements are left out. */
export function asStrings(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.filter((element): element is string => typeof element === 'string') : undefined
}
