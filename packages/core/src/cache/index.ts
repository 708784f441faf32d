export { readBlobSizes } from './blob-sizes.ts'
export { type FoundFile, findBlob, type PlaceBlobOptions, placeBlob } from './blobs.ts'
export type {
  CachedBlob,
  CachedFile,
  CachedRepo,
  CachedRevision,
  CacheProblem,
  Leftover,
  ProblemKind,
} from './cached-repo.ts'
export { type Disk, type DiskFile, realDisk } from './disk.ts'
export { type CachedSelection, findCached } from './find-cached.ts'
export { readFreeBytes } from './free-space.ts'
export {
  blobPath,
  isCommitHash,
  isEtag,
  journalPath,
  type LeftoverKind,
  leftoverKind,
  parseRepoFolderName,
  partialPath,
  pointerPath,
  type RepoName,
  type RepoType,
  refPath,
  repoFolderName,
  snapshotPath,
} from './layout.ts'
export {
  type LocalFolder,
  type LocalMetadata,
  localFilePath,
  localJournalPath,
  localPartialPath,
  makeLocalFolders,
  openLocalFolder,
  placeLocalFile,
  readLocalMetadata,
  writeLocalMetadata,
} from './local-folder.ts'
export { isKnownMissing, markMissing } from './no-exist.ts'
export {
  type PruneOptions,
  planPrune,
  planRemoveContent,
  planRemoveRepo,
  planRemoveRevisions,
  type Removal,
  type RemovalKind,
  type RemovalPlan,
  type Spared,
} from './plan-removal.ts'
export { findPointer, type LinkBlobOptions, linkBlob, makeSnapshotFolders } from './pointers.ts'
export { readRef, writeRef } from './refs.ts'
export { type RemovalLock, type RemovedReport, type RemoveOptions, removeAll, repoLeaseName } from './remove.ts'
export { type OpenRepoCacheOptions, openRepoCache, type RepoCache, repoFolderPath } from './repo-cache.ts'
export { assertSafePath, assertSafePaths, findPathDanger, type PathDanger, type SafePathOptions } from './safe-path.ts'
export { type CacheScan, scanCache } from './scan-cache.ts'
export { scanRepo } from './scan-repo.ts'
export { type ListedFile, readTreeListing } from './tree-listing.ts'
export {
  type DamagedFile,
  type UnreadFile,
  type VerifyOptions,
  type VerifyReport,
  type VerifySubject,
  verifyRepo,
} from './verify-repo.ts'
