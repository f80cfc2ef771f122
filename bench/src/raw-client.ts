import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { ByteReader, ByteWriter } from '@samsa/base'
import {
  type Api,
  type CompleteResponseOf,
  type RequestDraftOf,
  decodeResponse,
  decodeResponseHeader,
  encodeRequest,
  encodeRequestHeader,
} from '@samsa/protocol'

/** One plain connection that asks one thing at a time: nothing between the stopwatch and the broker. */
export class RawClient {
  readonly #socket: Socket
  #received: Buffer = Buffer.alloc(0)
  #waiting: ((frame: Buffer) => void) | undefined
  #correlationId = 0

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', chunk => this.#take(chunk))
  }

  static connect(bootstrap: string): Promise<RawClient> {
    const [host, port] = bootstrap.split(':')
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), host, () => resolve(new RawClient(socket)))
      socket.once('error', reject)
    })
  }

  async ask<A extends Api>(
    api: A,
    version: number,
    request: RequestDraftOf<A>,
  ): Promise<CompleteResponseOf<A>> {
    const writer = new ByteWriter()
    writer.int32(0)
    encodeRequestHeader(api, version, ++this.#correlationId, 'bench', writer)
    encodeRequest(api, version, request, writer)
    writer.patchInt32(0, writer.length - 4)
    const answered = new Promise<Buffer>(resolve => {
      this.#waiting = resolve
    })
    this.#socket.write(writer.toBytes())
    const reader = new ByteReader(await answered)
    decodeResponseHeader(api, version, reader)
    return decodeResponse(api, version, reader)
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    if (this.#received.length < 4) return
    const end = 4 + this.#received.readInt32BE(0)
    if (this.#received.length < end) return
    const frame = this.#received.subarray(4, end)
    this.#received = this.#received.subarray(end)
    this.#waiting?.(frame)
  }
}
