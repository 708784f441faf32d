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

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }
}
