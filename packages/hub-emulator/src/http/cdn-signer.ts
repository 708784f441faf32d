import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Content } from '../files/content.ts'
import { contentDisposition } from './content-disposition.ts'

/** A file as it lies on the CDN. */
export interface CdnFile {
  readonly content: Content
  readonly xetHash: string
  readonly modelId: string
  /** Key of the repo, which outlives its name. */
  readonly repoKey: string
  /** Path in the repo. */
  readonly path: string
}

/** Signs addresses of the CDN for a short life and knows what they lead to. */
export class CdnSigner {
  readonly #now: () => number
  readonly #key = randomBytes(32)
  readonly #files = new Map<string, CdnFile>()
  lifeSeconds: number

  constructor(now: () => number, lifeSeconds: number) {
    this.#now = now
    this.lifeSeconds = lifeSeconds
  }

  /** Path and query of a file on the CDN. */
  sign(file: CdnFile, user: string): string {
    const path = `/xet-bridge-us/${file.repoKey}/${file.xetHash}`
    this.#files.set(path, file)
    const expires = String(Math.floor(this.#now() / 1000) + this.lifeSeconds)
    const query = new URLSearchParams({
      'X-Xet-Cas-Uid': user,
      user_id: user,
      'response-content-disposition': contentDisposition('inline', file.path),
      Expires: expires,
      Policy: Buffer.from(path).toString('base64url'),
      Signature: this.#signature(path, expires),
      'Key-Pair-Id': 'K0EMULATOR',
    })
    return `${path}?${query.toString()}`
  }

  /** What lies at a path, whether the caller may have it or not. */
  find(path: string): CdnFile | undefined {
    return this.#files.get(path)
  }

  /** What a signed address leads to; `undefined` where the signature is wrong or has run out. */
  open(path: string, query: URLSearchParams): CdnFile | undefined {
    const expires = query.get('Expires') ?? ''
    const given = Buffer.from(query.get('Signature') ?? '')
    const right = Buffer.from(this.#signature(path, expires))
    const isSigned = given.length === right.length && timingSafeEqual(given, right)
    return isSigned && Number(expires) * 1000 > this.#now() ? this.find(path) : undefined
  }

  #signature(path: string, expires: string): string {
    return createHmac('sha256', this.#key).update(`${path} ${expires}`).digest('base64url')
  }
}
