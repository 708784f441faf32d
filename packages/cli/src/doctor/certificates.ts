import { readCertificates } from '@hubgate/core/hub'
import type { Check } from './checkup.ts'
import { isWell, toMend } from './finding.ts'

const faults = {
  missing: 'does not exist',
  folder: 'is a folder, and must be a file',
  unreadable: 'cannot be read',
  empty: 'holds no certificate',
} as const

/** The files of authorities that this machine is told to trust. */
export const certificates: Check = {
  name: 'certificates',
  look: ({ settings }) =>
    settings.certificateFiles.map((file) => {
      const reading = readCertificates(file)
      if ('fault' in reading)
        return toMend(
          'certificates',
          `${file.path} ${faults[reading.fault]}, and is passed over`,
          `let ${file.from} name a file in PEM, which begins with -----BEGIN CERTIFICATE-----`,
        )
      return isWell('certificates', `${reading.certificates.length} of ${file.path}, from ${file.from}`)
    }),
}
