import { redactor, Secret } from '@hubgate/core/util'

/** Takes the tokens that a run knows of out of everything it prints: the last thing before the streams. */
export class Secrecy {
  #redactors: ((text: string) => string)[] = []

  learn(secret: Secret | string | undefined): void {
    const text = typeof secret === 'string' ? secret.trim() : secret?.reveal()
    // A word so short is no token, and would be missing from half of what is said.
    if (text !== undefined && text.length >= MIN_LENGTH) this.#redactors.push(redactor(new Secret(text)))
  }

  hide(text: string): string {
    return this.#redactors.reduce((hidden, redact) => redact(hidden), text)
  }
}

const MIN_LENGTH = 6
