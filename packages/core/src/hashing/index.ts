export type { HashSubject } from './content-hash.ts'
export { HashPool } from './hash-pool.ts'
