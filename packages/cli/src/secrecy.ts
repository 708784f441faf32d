import { redactor, Secret } from '@hubgate/core/util'

/** Takes the tokens that a run knows of out of everything it prints: the last thing before the streams. */
export class Secrecy {
  #redactors: ((text: string) => string)[] = []

  learn(secret: Secret | string | undefined): void {
    if (secret === undefined) return
    this.#redactors.push(redactor(typeof secret === 'string' ? new Secret(secret.trim()) : secret))
  }

  hide(text: string): string {
    return this.#redactors.reduce((hidden, redact) => redact(hidden), text)
  }
}
