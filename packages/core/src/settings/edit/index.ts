export { allowableOrigin, allowEndpoint, disallowEndpoint } from './allow-endpoint.ts'
export {
  findReplacedTokens,
  type RemovedTokens,
  type ReplacedToken,
  removeWrittenTokens,
  storeToken,
  type TokenPlace,
  type TokenToStore,
} from './store-token.ts'
export { storableName } from './stored-tokens-edit.ts'
