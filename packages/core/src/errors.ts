/** What each code carries. A new code changes the public surface and gets its paragraph in docs/errors.md. */
export interface ErrorDetails {
  /** No model of that id, or it is private to others: the Hub does not say which. */
  ERR_MODEL_NOT_FOUND: { modelId: string; suggestions: readonly string[]; nextStep?: ErrorStep } & Partial<HubRefusal>
  /** The Hub has taken this model down. */
  ERR_MODEL_DISABLED: HubRefusal & { modelId: string }
  /** The model exists, that branch, tag or commit of it does not. */
  ERR_REVISION_NOT_FOUND: HubRefusal & { modelId: string; revision: string | undefined }
  /** The Hub does not let this token have the files. `state` is one of the access states, `undefined` where only the download was tried. */
  ERR_ACCESS_REFUSED: Partial<HubRefusal> & {
    modelId: string
    state: string | undefined
    nextStep: ErrorStep | undefined
  }
  /** The model and the revision are there; that file is not. */
  ERR_FILE_NOT_FOUND: HubRefusal & { modelId: string; path: string }
  /** The text given is not a model id. */
  ERR_MODEL_ID: { input: string }
  /**
   * No answer arrived: no network, name lookup, refused, reset, cut off before the headers, or timed out. `kind` is an `UnreachableKind`.
   * `storageHost`: the Hub was reached, and not the host that keeps its files.
   */
  ERR_HUB_UNREACHABLE: { endpoint: string; timeoutMs?: number; kind?: string; storageHost?: string }
  /** The Hub, or the `storageHost` that keeps its files, answered with a status that is not a success and has no code of its own here. */
  ERR_HUB_STATUS: HubRefusal & { storageHost?: string }
  /** The Hub does not take this token: expired, revoked or mistyped. */
  ERR_TOKEN_INVALID: HubRefusal
  /** The Hub asked us to slow down. `retryAfterMs` is what it said, `undefined` where it said nothing. */
  ERR_RATE_LIMITED: HubRefusal & { retryAfterMs: number | undefined }
  /** The Hub answered, but not in a shape that can be read: HTML, cut JSON, a wrong type, too large. */
  ERR_HUB_ANSWER: { url: string; reason: string }
  /** A call to the Hub was needed while offline mode is on. `available`: what is in the cache and was perhaps meant. */
  ERR_OFFLINE: { because: string; available?: readonly string[] }
  /** The endpoint may not be used as asked: not a web address, plain http to another machine, or a name the user did not allow. */
  ERR_ENDPOINT: { endpoint: string }
  /** The disk has no room for it. Bytes; `neededBytes` and `freeBytes` are `undefined` where the disk itself said so in the middle. */
  ERR_NO_SPACE: { folder: string; neededBytes: number | undefined; freeBytes: number | undefined }
  /** A setting, from whatever source, cannot be used. */
  ERR_SETTING: { setting: string; from: string }
  /** The database of shared state cannot be used: `busy`, `unwritable`, `full`, `disk` or `failed`. */
  ERR_STORE: { path: string; reason: string }
  /** A newer Hubgate made the database; it was left as it is. */
  ERR_STORE_NEWER: { path: string; version: number; supported: number }
  /** No file of the commit is what was asked for: by quantization, or by `--include` and `--exclude`. */
  ERR_FILES_NOT_FOUND: { wanted: string; available: readonly string[] }
  /** Nothing of that name is in the cache. `available`: what was probably meant. */
  ERR_NOT_CACHED: { wanted: string; available: readonly string[] }
  /** No job of that id: it never was, or was finished so long ago that it was forgotten. */
  ERR_JOB_NOT_FOUND: { id: string }
  /** What was asked of a job makes no sense in the state it is in. */
  ERR_JOB_STATE: { id: string; state: string; action: string }
  /** A name from outside that must not become a name on this disk. `danger` says in a few words why. */
  ERR_UNSAFE_PATH: { path: string; danger: string }
  /** What is on disk, or came, is not what was announced: by size or by hash. */
  ERR_INTEGRITY: { path: string; expected: string; actual: string }
  /** The header of a weights file, or a config.json, cannot be read. `format` is `GGUF`, `safetensors` or `config.json`. */
  ERR_FILE_HEADER: { format: string; reason: string }
  /** A file could not be written: of the settings, or of a model; what was there is there still. */
  ERR_WRITE: { path: string; reason: string }
  /** The curated list shipped with this package is missing or damaged. */
  ERR_CURATED_DATA: { reason: string }
}

/** What to do about an error, in a sentence, and where. */
export interface ErrorStep {
  text: string
  url: string
}

/** What the Hub said when it refused. */
export interface HubRefusal {
  url: string
  status: number
  /** `X-Error-Code`, often absent. */
  hubCode: string | undefined
  /** `X-Error-Message`, or the `error` of the JSON body. */
  hubMessage: string | undefined
  /** `X-Request-Id`: quote it when asking Hugging Face. */
  requestId: string | undefined
}

export type ErrorCode = keyof ErrorDetails

/**
 * What prevented an answer. Tell errors apart by `code`: a code survives HTTP and two loaded copies of a package, a class does not.
 * @see docs/errors.md
 */
export class HubgateError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'HubgateError'
  readonly code: C
  readonly details: ErrorDetails[C]

  constructor(code: C, message: string, details: ErrorDetails[C], options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.details = details
  }
}

/** Is this an error of Hubgate's with that code? Narrows its details. Works across copies of the package. */
export function hasErrorCode<C extends ErrorCode>(error: unknown, code: C): error is HubgateError<C> {
  return error instanceof Error && 'code' in error && error.code === code && 'details' in error
}
