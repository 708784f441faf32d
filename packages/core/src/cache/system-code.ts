/** Is it the system's error of one of these codes, such as `ENOENT`? */
export function hasSystemCode(error: unknown, codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code)
}

/** What the promise gives, or `undefined` where nothing lies at the path (or what should be a folder is none). */
export async function orAbsent<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise
  } catch (error) {
    if (hasSystemCode(error, ['ENOENT', 'ENOTDIR'])) return undefined
    throw error
  }
}
