import { hasErrorCode } from '../../errors.ts'

/** What is remembered is a help, not a need: where the store fails, the Hub's answer stands without it. */
export async function orNothing<T>(remembered: Promise<T> | undefined): Promise<T | undefined> {
  try {
    return await remembered
  } catch (error) {
    if (hasErrorCode(error, 'ERR_STORE') || hasErrorCode(error, 'ERR_STORE_NEWER')) return undefined
    throw error
  }
}
