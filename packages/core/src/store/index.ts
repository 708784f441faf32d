export type { AccessRepository, AccountKey, StoredAccess } from './access-repository.ts'
export type { Repositories } from './repositories.ts'
export { openStore, type Store, type StoreOptions } from './store.ts'
export type { StoredWhoami, WhoamiFindOptions, WhoamiRepository, WhoamiToStore } from './whoami-repository.ts'
