import { ByteReader, ByteWriter, MalformedError } from '@samsa/base'
import {
  type Api,
  type CompleteResponseOf,
  EncodeError,
  type RequestDraftOf,
  decodeResponse,
  decodeResponseHeader,
  encodeRequest,
  encodeRequestHeader,
} from '@samsa/protocol'
import { KafkaError } from '../errors.ts'

/** A request on its way: how it was said decides how its answer is read. */
export interface EncodedRequest {
  readonly parts: Uint8Array[]
  readonly byteCount: number
}

/** Encodes header and body of a request. Throws `KafkaError` INVALID_ARGUMENT or UNSUPPORTED. */
export function encodeFrame<A extends Api>(
  api: A,
  version: number,
  correlationId: number,
  clientId: string,
  draft: RequestDraftOf<A>,
): EncodedRequest {
  const writer = new ByteWriter()
  try {
    encodeRequestHeader(api, version, correlationId, clientId, writer)
    encodeRequest(api, version, draft, writer)
  } catch (error) {
    if (!(error instanceof EncodeError)) throw error
    throw unsayable(api, version, error)
  }
  return { parts: writer.finish(), byteCount: writer.length }
}

/** Decodes an answer. Throws `KafkaError` MALFORMED. */
export function decodeFrame<A extends Api>(
  api: A,
  version: number,
  bytes: Uint8Array,
  broker: string,
): CompleteResponseOf<A> {
  const reader = new ByteReader(bytes)
  try {
    decodeResponseHeader(api, version, reader)
    return decodeResponse(api, version, reader)
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    const message = `broker ${broker} answered ${api.name} v${version} with what cannot be read: ${error.message}`
    throw new KafkaError('MALFORMED', message, { broker, cause: error })
  }
}

function unsayable(api: Api, version: number, error: EncodeError): KafkaError {
  const isMissingField = error.message.includes(`has no '`)
  const message = isMissingField
    ? `the broker speaks ${api.name} only up to version ${version}, which is too old for this: ${error.message}.`
    : `${api.name} v${version} cannot be sent: ${error.message}.`
  const options = { path: error.path, cause: error }
  return new KafkaError(isMissingField ? 'UNSUPPORTED' : 'INVALID_ARGUMENT', message, options)
}
