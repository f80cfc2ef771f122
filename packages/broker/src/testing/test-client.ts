import { type Address, ByteReader, ByteWriter, type NetworkError, type SimulatedWorld } from '@samsa/base'
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

/** One connection to the broker under test, on a machine of its own. It speaks real frames. */
export class TestClient {
  readonly #client: FrameClient
  readonly #name: string | null
  #lastCorrelationId = 0

  private constructor(client: FrameClient, name: string | null) {
    this.#client = client
    this.#name = name
  }

  static async connect(machine: SimulatedWorld, address: Address, name: string | null): Promise<TestClient> {
    const { network, clock } = machine
    return new TestClient(await openFrameClient({ network, clock, address }), name)
  }

  get isClosed(): boolean {
    return this.#client.isClosed
  }

  close(): void {
    this.#client.close()
  }

  /** Asks; the answer comes while time passes. Rejects when the broker closes the connection instead. */
  async ask<A extends Api>(
    api: A,
    version: number,
    request: RequestDraftOf<A>,
  ): Promise<CompleteResponseOf<A>> {
    const correlationId = ++this.#lastCorrelationId
    const frame = frameOf(api, version, correlationId, this.#name, request)
    const reader = new ByteReader(await this.#client.request(correlationId, [frame]))
    decodeResponseHeader(api, version, reader)
    return decodeResponse(api, version, reader)
  }

  /** Sends a request that gets no answer. */
  tell<A extends Api>(api: A, version: number, request: RequestDraftOf<A>): void {
    this.#client.send([frameOf(api, version, ++this.#lastCorrelationId, this.#name, request)])
  }

  /** Sends a frame made by hand, whose correlation id is given, and returns the bytes of its answer. */
  askRaw(correlationId: number, frame: Uint8Array): Promise<Uint8Array | NetworkError> {
    return this.#client.request(correlationId, [frame])
  }
}

function frameOf<A extends Api>(
  api: A,
  version: number,
  correlationId: number,
  clientId: string | null,
  request: RequestDraftOf<A>,
): Uint8Array {
  const writer = new ByteWriter()
  encodeRequestHeader(api, version, correlationId, clientId, writer)
  encodeRequest(api, version, request, writer)
  return writer.toBytes()
}
