import type { Answer } from './answer.ts'
import type { ErrorForm } from './error-answer.ts'
import type { Exchange } from './exchange.ts'
import type { Host } from './host.ts'
import type { Bucket } from './quotas.ts'

/** An address the emulator answers. */
export interface Route {
  /** What faults and the log call it. */
  readonly name: string
  readonly host: Host
  /** `GET` answers `HEAD` as well. */
  readonly method: 'GET' | 'POST' | 'PUT'
  /** Parts in braces are named: `{id}` one or two segments, `{path}` the rest, `{commit}` 40 hex, any other one segment. */
  readonly path: string
  /** Counted here; the CDN counts nothing. */
  readonly bucket: Bucket
  /** A second limiter of its own, whose 429 carries the figures of the first. */
  readonly ownLimit?: Bucket
  readonly errors: ErrorForm
  /** Pages look at a browser's cookie and pass over a token, even a bad one. */
  readonly ignoresToken?: boolean
  handle(exchange: Exchange): Answer | Promise<Answer>
}

export interface RouteMatch {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
  /** The id as it came, encoded; to be replaced where a model moved. */
  readonly rawId: string | undefined
}

/** The route of an address. `isModel` tells which ids exist. */
export type Router = (
  host: Host,
  method: string,
  path: string,
  isModel: (id: string) => boolean,
) => RouteMatch | undefined

const segments: Readonly<Record<string, string>> = {
  id: '(?!api/)[^/]+(?:/[^/]+)?',
  path: '.+',
  commit: '[0-9a-f]{40}',
}

/**
 * Old names have one part and others two, so that `/a/tree/b/c` may be of the model `a` or of `a/tree`: what exists
 * counts, and the order of routes where neither does.
 */
export function createRouter(routes: readonly Route[]): Router {
  const compiled = routes.map((route) => ({ route, pattern: compile(route.path) }))
  return (host, method, path, isModel) => {
    const asked = method === 'HEAD' ? 'GET' : method
    const matches = compiled
      .filter(({ route }) => route.host === host && route.method === asked)
      .flatMap(({ route, pattern }) => matchOf(route, pattern.exec(path)))
    return matches.find(({ params: { id } }) => id === undefined || isModel(id)) ?? matches[0]
  }
}

function matchOf(route: Route, found: RegExpExecArray | null): RouteMatch[] {
  const params = found === null ? undefined : decode(found.groups ?? {})
  return params === undefined ? [] : [{ route, params, rawId: found?.groups?.['id'] }]
}

function compile(path: string): RegExp {
  const source = path
    .split(/(\{\w+\})/)
    .map((part) => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1]
      return name === undefined ? part : `(?<${name}>${segments[name] ?? '[^/]+'})`
    })
    .join('')
  return new RegExp(`^${source}$`)
}

/** `undefined` where a part is not validly encoded: no address of ours then. */
function decode(groups: Readonly<Record<string, string | undefined>>): Record<string, string> | undefined {
  try {
    return Object.fromEntries(Object.entries(groups).map(([name, value = '']) => [name, decodeURIComponent(value)]))
  } catch {
    return undefined
  }
}
