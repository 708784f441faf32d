export type { DownloadedSnapshot, DownloadSnapshotOptions, SnapshotRequest } from './download-options.ts'
export { downloadSnapshot } from './download-snapshot.ts'
export {
  type DownloadEvent,
  type DownloadProgress,
  type FileProgress,
  type FileState,
  fileStates,
  type WaitReason,
  waitReasons,
} from './events.ts'
export { type ChosenFiles, chooseFiles, type FileChoice } from './plan-choice.ts'
export { type LeftOutReason, leftOutReasons } from './plan-left-out.ts'
export {
  type LeftOut,
  type PlannedFile,
  type PresentData,
  planSnapshot,
  type RemoteFile,
  remoteFiles,
  type SnapshotPlan,
} from './plan-snapshot.ts'
export { type DownloadTarget, parseDownloadTarget } from './plan-target.ts'
export { previewSnapshot, type SnapshotPreview } from './preview-snapshot.ts'
