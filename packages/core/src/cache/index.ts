export { readBlobSizes } from './blob-sizes.ts'
export { type FoundFile, findBlob, type PlaceBlobOptions, placeBlob } from './blobs.ts'
export { type Disk, type DiskFile, realDisk } from './disk.ts'
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
export { isKnownMissing, markMissing } from './no-exist.ts'
export { findPointer, type LinkBlobOptions, linkBlob, makeSnapshotFolders } from './pointers.ts'
export { readRef, writeRef } from './refs.ts'
export { type OpenRepoCacheOptions, openRepoCache, type RepoCache, repoFolderPath } from './repo-cache.ts'
export { assertSafePath, assertSafePaths, findPathDanger, type PathDanger, type SafePathOptions } from './safe-path.ts'
