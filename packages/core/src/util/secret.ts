/** A shorter text is no secret: taking it out would tear up every other word. */
const MIN_REDACTED_LENGTH = 8

/** Holds a text that must not be printed by accident: joining or serialising it gives `[secret]`, looking into it nothing. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The text itself. Called only where it is written into a request or a file of the user's. */
  reveal(): string {
    return this.#value
  }

  /** The text without this secret, for what somebody else wrote and may have repeated it. */
  redact(text: string): string {
    return this.#value.length < MIN_REDACTED_LENGTH ? text : text.replaceAll(this.#value, '[secret]')
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }
}
