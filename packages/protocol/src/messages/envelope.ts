import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { bytes, errorCode } from '../schema/field.ts'

/**
 * Envelope: a broker passes on a client's request to the controller, with the client's principal (KIP-590).
 */
export const Envelope = api({
  name: 'Envelope',
  key: 58,
  versions: [0, 0],
  flexible: 0,
  request: () => ({
    requestData: bytes,
    requestPrincipal: bytes.nullable(),
    clientHostAddress: bytes,
  }),
  response: () => ({
    responseData: bytes.nullable().default(null),
    errorCode,
  }),
})
export interface EnvelopeRequest extends RequestOf<typeof Envelope> {}
export interface EnvelopeResponse extends ResponseOf<typeof Envelope> {}
