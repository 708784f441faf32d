import { changesAtTheHub } from './rows/changes-at-the-hub.ts'
import { diskFailures, fullDisks } from './rows/disk-failures.ts'
import { faultPairs, singleFaults } from './rows/emulator-faults.ts'
import { fullTmpfs } from './rows/full-tmpfs.ts'
import { kills } from './rows/kills.ts'
import { networkAway } from './rows/network-away.ts'
import { suspended } from './rows/suspended.ts'
import { together } from './rows/together.ts'
import { wrongBytes } from './rows/wrong-bytes.ts'
import { wrongClocks } from './rows/wrong-clocks.ts'
import type { Trouble } from './trouble.ts'

/** The matrix, row by row. */
export const troubles: readonly Trouble[] = [
  kills,
  diskFailures,
  singleFaults,
  faultPairs,
  networkAway,
  wrongBytes,
  fullDisks,
  fullTmpfs,
  changesAtTheHub,
  wrongClocks,
  together,
  suspended,
]
