import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server on loopback that can stop listening for a while and come back on the same port. */
export class Origin {
  readonly #server: Server
  readonly #address: string
  #port: number

  private constructor(server: Server, address: string, port: number) {
    this.#server = server
    this.#address = address
    this.#port = port
  }

  /** @throws where the port is taken */
  static async listen(
    port: number,
    answer: (request: IncomingMessage, response: ServerResponse) => void,
    address = '127.0.0.1',
  ): Promise<Origin> {
    // Both peers are on this machine: what slows a connection down is a fault somebody asked for.
    const server = createServer({ noDelay: true, keepAliveTimeout: 30_000, requestTimeout: 0 }, answer)
    const origin = new Origin(server, address, port)
    await origin.accept()
    return origin
  }

  /** `http://127.0.0.1:…`, without a slash at its end. */
  get url(): string {
    return `http://${this.#address.includes(':') ? `[${this.#address}]` : this.#address}:${this.#port}`
  }

  /** Refuses new connections; those that stand are torn down. */
  async refuse(): Promise<void> {
    if (!this.#server.listening) return
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }

  async accept(): Promise<void> {
    if (this.#server.listening) return
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(this.#port, this.#address, () => {
        this.#server.off('error', reject)
        resolve()
      })
    })
    this.#port = addressOf(this.#server).port
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.refuse()
  }
}

function addressOf(server: Server): AddressInfo {
  const address = server.address()
  if (address === null || typeof address === 'string')
    throw new Error('Cannot tell the port: the server is not listening')
  return address
}
