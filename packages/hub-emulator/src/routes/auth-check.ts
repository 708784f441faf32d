import { textAnswer } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { readableModel, writableModel } from './open-repo.ts'

/** Whether the caller gets at the contents. */
export const authCheck: Route = {
  name: 'auth-check',
  host: 'hub',
  method: 'GET',
  path: '/api/models/{id}/auth-check',
  bucket: 'api',
  errors: 'json',
  handle(exchange) {
    readableModel(exchange)
    return textAnswer('OK')
  },
}

/** Whether the caller may change them. */
export const authCheckWrite: Route = {
  name: 'auth-check-write',
  host: 'hub',
  method: 'GET',
  path: '/api/models/{id}/auth-check/write',
  bucket: 'api',
  errors: 'json',
  handle(exchange) {
    readableModel(exchange)
    writableModel(exchange)
    return textAnswer('OK')
  },
}
