import { type Address, ByteReader, ByteWriter, type World } from '@samsa/base'
import { openFrameClient } from '@samsa/net'
import {
  type Api,
  type CompleteResponseOf,
  type RequestDraftOf,
  decodeResponse,
  decodeResponseHeader,
  encodeRequest,
  encodeRequestHeader,
} from '@samsa/protocol'

const CORRELATION_ID = 0

/**
 * Sends one request to a broker on a connection of its own, and answers its response.
 *
 * @throws NetworkError when the broker cannot be reached, or does not answer
 */
export async function requestOnce<A extends Api>(
  { network, clock }: Pick<World, 'network' | 'clock'>,
  address: Address,
  api: A,
  version: number,
  request: RequestDraftOf<A>,
): Promise<CompleteResponseOf<A>> {
  const client = await openFrameClient({ network, clock, address })
  try {
    const writer = new ByteWriter()
    encodeRequestHeader(api, version, CORRELATION_ID, 'samsa', writer)
    encodeRequest(api, version, request, writer)
    const reader = new ByteReader(await client.request(CORRELATION_ID, writer.finish()))
    decodeResponseHeader(api, version, reader)
    return decodeResponse(api, version, reader)
  } finally {
    client.close()
  }
}
