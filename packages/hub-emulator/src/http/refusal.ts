/** An answer that is not what was asked for, thrown to leave off whatever was being made ready. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  /** `X-Error-Code`; the Hub often sends none. */
  readonly code: string | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, message: string, code?: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

/** Thrown where an id is a former name: the same address with the present name. */
export class Moved extends Error {
  override readonly name = 'Moved'
  /** The present id. */
  readonly id: string

  constructor(id: string) {
    super(`Moved to ${id}`)
    this.id = id
  }
}

/** What the Hub says to who may not know whether a repo exists. */
export function repoNotFound(isAnonymous: boolean): Refusal {
  return isAnonymous ? unauthorized() : new Refusal(404, 'Repository not found', 'RepoNotFound')
}

export function unauthorized(): Refusal {
  return new Refusal(401, 'Invalid username or password.')
}
