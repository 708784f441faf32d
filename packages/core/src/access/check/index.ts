export { type Caller, type CallerInputs, findCaller, keptCaller } from './caller.ts'
export { type CheckManyOptions, type CheckProgress, checkMany } from './check-many.ts'
export { addWatch, type CheckWatchedOptions, checkWatched, rememberTold, type WatchNews } from './check-watched.ts'
export {
  type AccessChecker,
  type CheckerOptions,
  type CheckOneOptions,
  type CheckOptions,
  createAccessChecker,
} from './checker.ts'
export { watchAccess } from './watch-access.ts'
