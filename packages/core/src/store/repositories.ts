import type { AccessRepository } from './access-repository.ts'
import type { WhoamiRepository } from './whoami-repository.ts'

/** Everything shared and mutable, behind interfaces that any database can stand behind. */
export interface Repositories {
  readonly access: AccessRepository
  readonly whoami: WhoamiRepository
}
