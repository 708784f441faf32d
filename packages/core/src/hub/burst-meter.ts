/** What servers were seen to send at once. More than this without a moment's silence waited for us. */
const BURST_BYTES = 192 * 1024

/**
 * Tells a line that is slower than its reader from one that is faster: how much of a body came without the system ever having
 * nothing to give. Bytes that wait in its memory were sent, and a crash of the reader loses them.
 */
export class BurstMeter {
  readonly #isPaused: () => boolean
  #bodyBytes = 0
  /** Taken since the system last had nothing for us. */
  #burstBytes = 0
  /** Of the body: what came beyond bursts. */
  #keptBytes = 0
  #isListening = false

  /** @param isPaused while we do not read, silence says nothing */
  constructor(isPaused: () => boolean) {
    this.#isPaused = isPaused
  }

  /** Did most of the body wait until we came for it? */
  get isAhead(): boolean {
    return this.#keptBytes * 2 > this.#bodyBytes
  }

  /** A body of so many bytes begins. */
  begin(bodyBytes: number): void {
    this.#bodyBytes = bodyBytes
    this.#keptBytes = 0
    this.#burstBytes = 0
  }

  take(bytes: number): void {
    this.#burstBytes += bytes
    this.#keptBytes += Math.max(0, Math.min(bytes, this.#burstBytes - BURST_BYTES))
    this.#listen()
  }

  /** Reading goes on after a pause. */
  resume(): void {
    if (this.#burstBytes > 0) this.#listen()
  }

  /** A turn of the event loop that brings nothing, though we read, is the end of a burst. */
  #listen(): void {
    if (this.#isListening) return
    this.#isListening = true
    const before = this.#burstBytes
    // In this turn what is here is read, in the next what came since.
    setImmediate(() =>
      setImmediate(() => {
        this.#isListening = false
        if (this.#isPaused()) return
        if (this.#burstBytes === before) this.#burstBytes = 0
        else this.#listen()
      }),
    )
  }
}
