import { detectHardware, type Hardware, parseHardwareRequest } from '@hubgate/core/hardware'
import type { Context } from '../context.ts'
import { UsageError } from '../exit-codes.ts'

/**
 * What to judge against: what was asked to pretend, else this machine.
 * @throws {UsageError} for hardware that cannot be read
 */
export async function hardwareOf(context: Context, asked: string | undefined): Promise<Hardware> {
  if (asked === undefined || asked.toLowerCase() === 'this')
    return detectHardware({ environment: context.environment, signal: context.signal })
  try {
    return parseHardwareRequest(asked)
  } catch (error) {
    if (error instanceof SyntaxError) throw new UsageError(error.message)
    throw error
  }
}
