import {
  type Address,
  ByteReader,
  ByteWriter,
  type Connection,
  type Network,
  NetworkError,
  type Receiver,
  allocateBytes,
  readInt32,
} from '@samsa/base'
import {
  type Api,
  type CompleteResponseOf,
  type RequestDraftOf,
  decodeResponse,
  decodeResponseHeader,
  encodeRequest,
  encodeRequestHeader,
} from '@samsa/protocol'

/**
 * Sends one request to a broker on a connection of its own, and answers its response.
 *
 * @throws NetworkError when the broker cannot be reached or closes the connection before it has answered
 */
export async function requestOnce<A extends Api>(
  network: Network,
  address: Address,
  api: A,
  version: number,
  request: RequestDraftOf<A>,
): Promise<CompleteResponseOf<A>> {
  const connection = await network.connect(address)
  try {
    const answer = receiveFrame(connection)
    connection.write(frameOf(api, version, request))
    const reader = new ByteReader(await answer)
    decodeResponseHeader(api, version, reader)
    return decodeResponse(api, version, reader)
  } finally {
    connection.end()
  }
}

function frameOf<A extends Api>(api: A, version: number, request: RequestDraftOf<A>): Uint8Array[] {
  const writer = new ByteWriter()
  writer.int32(0)
  encodeRequestHeader(api, version, 0, 'samsa', writer)
  encodeRequest(api, version, request, writer)
  writer.patchInt32(0, writer.length - 4)
  return writer.finish()
}

const SIZE_BYTES = 4

/** The one frame that comes: first the four bytes of its size, then as many as they say. */
function receiveFrame(connection: Connection): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    let target = allocateBytes(SIZE_BYTES)
    let filled = 0
    let isSizeKnown = false
    const receiver: Receiver = {
      buffer: () => (filled < target.length ? target.subarray(filled) : allocateBytes(1)),
      received(byteCount) {
        filled += byteCount
        if (filled < target.length) return
        if (isSizeKnown) {
          resolve(target)
          return
        }
        isSizeKnown = true
        target = allocateBytes(readInt32(target, 0))
        filled = 0
      },
      ended: () => connection.destroy(),
      closed: error =>
        reject(error ?? new NetworkError('RESET', 'the node closed the connection without an answer')),
    }
    connection.receive(receiver)
  })
}
