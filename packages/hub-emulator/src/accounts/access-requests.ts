import type { EmulatedModel } from '../models/model.ts'

export const requestStatuses = ['pending', 'accepted', 'rejected', 'reset'] as const
export type RequestStatus = (typeof requestStatuses)[number]

export interface AccessRequest {
  /** Name of the account. */
  readonly user: string
  readonly status: RequestStatus
  /** When it was sent, and when it was last handled; milliseconds since 1970. */
  readonly sentAt: number
  readonly reviewedAt: number | undefined
  /** Who let this account in without being asked. */
  readonly grantedBy: string | undefined
  readonly fields: Readonly<Record<string, unknown>>
}

/** Who asked for what. Requests belong to a repo, not to its name, and outlive its gate. */
export class AccessRequests {
  readonly #now: () => number
  readonly #byModel = new Map<string, Map<string, AccessRequest>>()

  constructor(now: () => number) {
    this.#now = now
  }

  find(model: EmulatedModel, user: string): AccessRequest | undefined {
    return this.#byModel.get(model.key)?.get(user)
  }

  list(model: EmulatedModel): AccessRequest[] {
    return [...(this.#byModel.get(model.key)?.values() ?? [])]
  }

  /** What the form on the model's page does: a new request, unless one stands. */
  ask(model: EmulatedModel, user: string, fields: Readonly<Record<string, unknown>>): void {
    const standing = this.find(model, user)
    if (standing !== undefined && standing.status !== 'reset') return
    const sentAt = this.#now()
    const status = model.gated === 'auto' ? 'accepted' : 'pending'
    this.#set(model, { user, status, sentAt, reviewedAt: undefined, grantedBy: undefined, fields })
  }

  /** Moves a standing request to another status; `false` where none stands or it has that status. */
  handle(model: EmulatedModel, user: string, status: RequestStatus): boolean {
    const standing = this.find(model, user)
    if (standing === undefined || standing.status === status) return false
    this.#set(model, { ...standing, status, reviewedAt: this.#now() })
    return true
  }

  /** Lets an account in whether it asked or not. */
  grant(model: EmulatedModel, user: string, grantedBy: string | undefined): void {
    const now = this.#now()
    const standing = this.find(model, user) ?? { user, sentAt: now, fields: {} }
    this.#set(model, { ...standing, status: 'accepted', reviewedAt: now, grantedBy })
  }

  /** Puts a request into a status, making it if there is none. */
  put(model: EmulatedModel, user: string, status: RequestStatus): void {
    if (this.find(model, user) === undefined) this.ask(model, user, {})
    this.handle(model, user, status)
  }

  /** Takes a request away as if it had never been sent; `false` where none was there. */
  cancel(model: EmulatedModel, user: string): boolean {
    return this.#byModel.get(model.key)?.delete(user) ?? false
  }

  #set(model: EmulatedModel, request: AccessRequest): void {
    const ofModel = this.#byModel.get(model.key) ?? new Map<string, AccessRequest>()
    this.#byModel.set(model.key, ofModel.set(request.user, request))
  }
}
