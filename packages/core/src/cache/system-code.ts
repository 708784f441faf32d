/** Is it the system's error of one of these codes, such as `ENOENT`? */
export function hasSystemCode(error: unknown, codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code)
}

/** Does the error come from the system, and not from us? */
export function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^E[A-Z\d]+$/.test(error.code)
}

/** What the promise gives, or `undefined` where the system does not give it, for whatever reason: for what only helps. */
export async function orUnread<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise
  } catch (error) {
    if (isSystemError(error)) return undefined
    throw error
  }
}

/** What the promise gives, or `undefined` where nothing lies at the path: a folder on the way is none, or links lead round in a circle. */
export async function orAbsent<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise
  } catch (error) {
    if (hasSystemCode(error, ['ENOENT', 'ENOTDIR', 'ELOOP'])) return undefined
    throw error
  }
}
