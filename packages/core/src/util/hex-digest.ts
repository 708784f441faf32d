/** Is this a SHA-1 as it is written: 40 hex digits in lower case? Git names its commits and blobs so. */
export function isSha1(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text)
}

/** Is this a SHA-256 as it is written: 64 hex digits in lower case? */
export function isSha256(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text)
}
