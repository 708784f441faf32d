/** What becomes of a job. */
export const jobStates = [
  'queued',
  'waiting-access',
  'running',
  'paused',
  'verifying',
  'done',
  'failed',
  'cancelled',
] as const
export type JobState = (typeof jobStates)[number]

/** What stays as it is unless somebody wants it otherwise: a failed or cancelled one can be tried again. */
export const finalStates: readonly JobState[] = ['done', 'failed', 'cancelled']

export const jobEventTypes = [
  'added',
  'claimed',
  'planned',
  'waiting',
  'retry',
  'verifying',
  'verified',
  'given-back',
  'paused',
  'resumed',
  'cancelled',
  'priority',
  'done',
  'failed',
] as const
export type JobEventType = (typeof jobEventTypes)[number]

export interface JobToAdd {
  /** UUIDv7: sorts by age. */
  readonly id: string
  /** Equal for jobs that ask for the same; while one of them is active there is no second. */
  readonly key: string
  /** The Hub it is fetched from. */
  readonly endpoint: string
  readonly modelId: string
  /** JSON: all that whoever does it needs to know. Comes back from disk: check its shape. */
  readonly request: string
  /** Higher goes first. @default 0 */
  readonly priority?: number
}

export interface StoredJob extends Required<JobToAdd> {
  readonly state: JobState
  /** How often it was put off after a failure. */
  readonly attempts: number
  /** ISO 8601 moments, by the store's clock. */
  readonly addedAt: string
  readonly changedAt: string
  /** It rests until then. */
  readonly notBefore: string | undefined
  /** Who does it, and until when that holds unless renewed. */
  readonly claimedBy: string | undefined
  readonly leaseUntil: string | undefined
  /** JSON: why it waits or failed, or what came of it. */
  readonly detail: string | undefined
}

export interface StoredJobEvent {
  /** Increases over all jobs: who remembers the last one seen misses none. */
  readonly id: number
  readonly jobId: string
  readonly type: JobEventType
  /** Of the job, after it. */
  readonly state: JobState
  readonly at: string
  /** JSON. */
  readonly detail: string | undefined
}

export interface JobClaim {
  readonly id: string
  readonly holder: string
}

/** What whoever does a job can make of it. `running` and `verifying` keep the claim, all others give it back. */
export interface JobMove extends JobClaim {
  readonly to: Exclude<JobState, 'paused' | 'cancelled'>
  /** For `queued` (then it counts as an attempt) and `waiting-access`. */
  readonly restMs?: number
  readonly detail?: string
  /** `false`: it waits on as before, and nobody need hear of it. @default true */
  readonly isNews?: boolean
}

/** What is to be told of a job while it is done. What was kept with the job stays. */
export interface JobTelling extends JobClaim {
  readonly type: JobEventType
  readonly detail?: string
  /** Where the work goes to and fro between these two. @default the state it is in */
  readonly to?: 'running' | 'verifying'
}

export const jobActions = ['pause', 'resume', 'cancel', 'retry'] as const
export type JobAction = (typeof jobActions)[number]

/**
 * Jobs that several processes do together. Each change of state and its event are written at once or not at all.
 * A claim ends like a lease: by time, so that the job of a killed process goes to another.
 */
export interface JobRepository {
  /** Gives the job that is active under the key, or a new one. */
  add(job: JobToAdd): Promise<{ readonly job: StoredJob; readonly isNew: boolean }>
  find(id: string): Promise<StoredJob | undefined>
  /** Newest first. `before`: the last id of the page before. @default all states, 100 */
  list(query?: {
    readonly states?: readonly JobState[]
    readonly endpoint?: string
    readonly before?: string
    readonly limit?: number
  }): Promise<readonly StoredJob[]>
  /**
   * Takes the next job for that Hub that nobody does: by priority, then by age; `undefined` where there is none, or `atMost`
   * are being done by all processes together. Those of one model go one after another. One that was queued is running then;
   * one that waits for access goes on waiting.
   */
  claim(request: { holder: string; endpoint: string; ttlMs: number; atMost: number }): Promise<StoredJob | undefined>
  /** Holds on to it; `false` once it is another's, or was paused or cancelled: then stop, and `release` it. */
  renew(claim: JobClaim & { readonly ttlMs: number }): Promise<boolean>
  /** `false`, and nothing changed, where `renew` would be `false`. */
  move(move: JobMove): Promise<boolean>
  /** Writes an event; `false` where `renew` would be. */
  tell(event: JobTelling): Promise<boolean>
  /** Gives the claim back, at the end or in the middle of it; nothing happens where it is not this holder's. */
  release(claim: JobClaim): Promise<void>
  /**
   * What people may do. Asking for what is so already changes nothing.
   * @throws {HubgateError} `ERR_JOB_NOT_FOUND`; `ERR_JOB_STATE` where it makes no sense in the job's state
   */
  act(id: string, action: JobAction): Promise<StoredJob>
  /** @throws {HubgateError} as `act` */
  prioritize(id: string, priority: number): Promise<StoredJob>
  /** Oldest first, after the given event. @default 1000 */
  events(query: {
    readonly after: number
    readonly jobId?: string
    readonly limit?: number
  }): Promise<readonly StoredJobEvent[]>
  /** 0 where there was none yet. */
  lastEventId(): Promise<number>
}
