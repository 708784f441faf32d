import { randomUUID } from 'node:crypto'

const EXPOSED =
  'X-Repo-Commit,X-Request-Id,X-Error-Code,X-Error-Message,X-Total-Count,ETag,Link,Accept-Ranges,Content-Range,X-Linked-Size,X-Linked-ETag,X-Xet-Hash'

/** What is on every answer of the Hub. A caller's trace id comes back as the request's. */
export function hubHeaders(traceId: string | undefined): Record<string, string> {
  return {
    'X-Request-Id': traceId ?? `Root=1-${randomUUID()}`,
    'X-Powered-By': 'huggingface-moon',
    Vary: 'Origin, Accept',
    'Access-Control-Expose-Headers': EXPOSED,
  }
}
