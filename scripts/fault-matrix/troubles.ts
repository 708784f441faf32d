import { diskFailures, fullDisks } from './rows/disk-failures.ts'
import { faultPairs, singleFaults } from './rows/emulator-faults.ts'
import { kills } from './rows/kills.ts'
import { wrongBytes } from './rows/wrong-bytes.ts'
import type { Trouble } from './trouble.ts'

/** The matrix, row by row. */
export const troubles: readonly Trouble[] = [kills, diskFailures, singleFaults, faultPairs, wrongBytes, fullDisks]
