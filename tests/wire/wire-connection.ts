import { type Socket, createConnection } from 'node:net'
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

export interface Place {
  readonly host: string
  readonly port: number
}

/** The other side closed the connection, before or instead of an answer. */
export class ClosedError extends Error {
  constructor() {
    super('the broker closed the connection')
  }
}

/** A plain socket that speaks the protocol: requests may be pipelined, answers come in order. */
export class WireConnection {
  readonly #socket: Socket
  readonly #waiting: { done: (frame: Uint8Array) => void; failed: (error: Error) => void }[] = []
  #received: Buffer[] = []
  #receivedBytes = 0
  #correlationId = 0
  #closed: Error | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', chunk => this.#take(chunk))
    socket.on('error', () => this.#end())
    socket.on('close', () => this.#end())
  }

  static open({ host, port }: Place): Promise<WireConnection> {
    return new Promise((done, failed) => {
      const socket = createConnection({ host, port }, () => {
        socket.off('error', failed)
        done(new WireConnection(socket))
      })
      socket.once('error', failed)
    })
  }

  get isClosed(): boolean {
    return this.#closed !== undefined
  }

  /** Sends a request in a version and answers with the decoded response. */
  async request<A extends Api>(
    api: A,
    version: number,
    request: RequestDraftOf<A>,
  ): Promise<CompleteResponseOf<A>> {
    const frame = encodeFrame(api, version, request, ++this.#correlationId)
    const answer = await this.exchange(frame)
    return decodeAnswer(api, version, answer)
  }

  /** Sends bytes as they are and answers with the next frame, length aside. */
  exchange(bytes: Uint8Array): Promise<Uint8Array> {
    return new Promise((done, failed) => {
      if (this.#closed !== undefined) return failed(this.#closed)
      this.#waiting.push({ done, failed })
      this.#socket.write(bytes)
    })
  }

  /** Sends bytes and waits for nothing. */
  send(bytes: Uint8Array): void {
    this.#socket.write(bytes)
  }

  /** Stops reading from the socket: the broker's answers pile up on its side. */
  stopReading(): void {
    this.#socket.pause()
  }

  close(): void {
    this.#socket.destroy()
    this.#end()
  }

  #end(): void {
    this.#closed ??= new ClosedError()
    for (const { failed } of this.#waiting.splice(0)) failed(this.#closed)
  }

  #take(chunk: Buffer): void {
    this.#received.push(chunk)
    this.#receivedBytes += chunk.length
    if (this.#receivedBytes < 4) return
    let all = Buffer.concat(this.#received)
    while (all.length >= 4 && all.length >= 4 + all.readUInt32BE(0)) {
      const end = 4 + all.readUInt32BE(0)
      this.#waiting.shift()?.done(all.subarray(4, end))
      all = all.subarray(end)
    }
    this.#received = [all]
    this.#receivedBytes = all.length
  }
}

/** A whole request as it goes over the wire, length included. */
export function encodeFrame<A extends Api>(
  api: A,
  version: number,
  request: RequestDraftOf<A>,
  correlationId: number,
): Uint8Array {
  const writer = new ByteWriter()
  writer.int32(0)
  encodeRequestHeader(api, version, correlationId, 'samsa-test', writer)
  encodeRequest(api, version, request, writer)
  const frame = writer.toBytes()
  new DataView(frame.buffer, frame.byteOffset).setInt32(0, frame.length - 4)
  return frame
}

export function decodeAnswer<A extends Api>(
  api: A,
  version: number,
  frame: Uint8Array,
): CompleteResponseOf<A> {
  const reader = new ByteReader(frame)
  decodeResponseHeader(api, version, reader)
  return decodeResponse(api, version, reader)
}
