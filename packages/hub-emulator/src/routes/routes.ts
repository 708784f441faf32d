import type { Route } from '../http/route.ts'
import { askAccess, cancelRequest } from './ask-access.ts'
import { authCheck, authCheckWrite } from './auth-check.ts'
import { cdn } from './cdn.ts'
import { commits } from './commits.ts'
import { listModels } from './list-models.ts'
import { modelDetails, modelDetailsAtRevision } from './model-details.ts'
import { modelsTagsByType } from './models-tags-by-type.ts'
import { pathsInfo } from './paths-info.ts'
import { blobPage, raw } from './raw.ts'
import { refs } from './refs.ts'
import { resolve, resolveCache } from './resolve.ts'
import { settings } from './settings.ts'
import { discussions, lfsFiles, modelPage, quicksearch } from './small-calls.ts'
import { tree, treeOfFolder } from './tree.ts'
import { treesize, treesizeOfFolder } from './treesize.ts'
import { grantAccess, handleBatch, handleRequest } from './user-access-request/handle.ts'
import { listRequests } from './user-access-request/list.ts'
import { accessReport } from './user-access-request/report.ts'
import { whoami } from './whoami.ts'

/** All addresses, the more particular before the more general. */
export const routes: readonly Route[] = [
  listModels,
  whoami,
  modelsTagsByType,
  quicksearch,
  resolveCache,
  authCheckWrite,
  authCheck,
  modelDetailsAtRevision,
  tree,
  treeOfFolder,
  pathsInfo,
  refs,
  commits,
  treesize,
  treesizeOfFolder,
  discussions,
  lfsFiles,
  settings,
  cancelRequest,
  handleRequest,
  grantAccess,
  handleBatch,
  listRequests,
  modelDetails,
  askAccess,
  accessReport,
  resolve,
  raw,
  blobPage,
  modelPage,
  cdn,
]
