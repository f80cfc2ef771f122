import { ByteReader, ByteWriter, NetworkError, type SimulatedWorld } from '@samsa/base'
import { type FrameClient, openFrameClient } from '@samsa/net'
import {
  type Api,
  type CompleteResponseOf,
  type RequestDraftOf,
  decodeResponse,
  decodeResponseHeader,
  encodeRequest,
  encodeRequestHeader,
} from '@samsa/protocol'
import type { History } from './history.ts'

export const brokerAddress = { host: 'broker', port: 9092 }

/** How long a client waits before it tries to connect again. */
const BACKOFF_MS = 10

/** No answer came: the request may have been served, or not. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered'
}

/** A client of the broker, on a machine of its own. It connects when it has something to ask. */
export class BrokerClient {
  readonly name: string
  readonly machine: SimulatedWorld
  readonly #history: History
  readonly #timeoutMs: number
  #connection: Promise<FrameClient> | undefined
  #lastCorrelationId = 0

  constructor(name: string, machine: SimulatedWorld, history: History, timeoutMs = 500) {
    this.name = name
    this.machine = machine
    this.#history = history
    this.#timeoutMs = timeoutMs
  }

  /** Asks, and waits for the answer. Throws `Unanswered`. */
  async ask<A extends Api>(
    api: A,
    version: number,
    request: RequestDraftOf<A>,
  ): Promise<CompleteResponseOf<A>> {
    const correlationId = ++this.#lastCorrelationId
    const writer = new ByteWriter()
    encodeRequestHeader(api, version, correlationId, this.name, writer)
    encodeRequest(api, version, request, writer)
    const answer = await this.#exchange(correlationId, [writer.toBytes()])
    this.#history.figures.answers++
    const reader = new ByteReader(answer)
    decodeResponseHeader(api, version, reader)
    return decodeResponse(api, version, reader)
  }

  sleep(ms: number): Promise<void> {
    return new Promise(resolve => this.machine.clock.timer(ms, resolve))
  }

  async #exchange(correlationId: number, parts: Uint8Array[]): Promise<Uint8Array> {
    this.#history.figures.requests++
    this.#connection ??= this.#connect()
    const connection = this.#connection
    try {
      return await (await connection).request(correlationId, parts)
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error
      if (this.#connection === connection) this.#connection = undefined
      await this.sleep(BACKOFF_MS)
      throw new Unanswered(`${this.name}: ${error.message}`)
    }
  }

  #connect(): Promise<FrameClient> {
    const { network, clock } = this.machine
    return openFrameClient({
      network,
      clock,
      address: brokerAddress,
      connectTimeoutMs: this.#timeoutMs,
      requestTimeoutMs: this.#timeoutMs,
    })
  }
}
