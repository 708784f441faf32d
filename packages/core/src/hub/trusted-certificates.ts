import { readFileSync } from 'node:fs'
import { getCACertificates } from 'node:tls'
import type { CertificateFile } from '../settings/settings.ts'

/** What a file of certificate authorities holds, or what is wrong with it. */
export type CertificateReading =
  | { readonly certificates: readonly string[] }
  | { readonly fault: 'missing' | 'folder' | 'unreadable' | 'empty' }

/**
 * The authorities to trust: those of Node, and beside them those of the files, since a company's own stands beside the public
 * ones. `undefined` where nothing is added. A file that cannot be used is passed over: `doctor` says so.
 */
export function trustedCertificates(files: readonly CertificateFile[]): string[] | undefined {
  const extra = files.flatMap((file) => {
    const reading = readCertificates(file)
    return 'fault' in reading ? [] : reading.certificates
  })
  return extra.length === 0 ? undefined : [...getCACertificates('default'), ...extra]
}

export function readCertificates({ path }: CertificateFile): CertificateReading {
  try {
    const text = readFileSync(path, 'latin1')
    const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)
    return certificates === null ? { fault: 'empty' } : { certificates }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    return { fault: code === 'ENOENT' ? 'missing' : code === 'EISDIR' ? 'folder' : 'unreadable' }
  }
}
