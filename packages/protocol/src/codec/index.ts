export {
  EncodeError,
  decodeMessage,
  decodeRequest,
  decodeRequestInSteps,
  decodeResponse,
  decodeVersioned,
  encodeMessage,
  encodeRequest,
  encodeResponse,
  encodeResponseInSteps,
  encodeVersioned,
} from './codec.ts'
export { decodeFramedRecord } from './framed-record.ts'
export type { DecodedFrame } from './framed-record.ts'
export {
  decodeRequestHeader,
  decodeResponseHeader,
  encodeRequestHeader,
  encodeResponseHeader,
  requestHeaderVersion,
  responseHeaderVersion,
} from './header.ts'
export type { RequestHeader } from './header.ts'
export { interpretDecode } from './interpret-decode.ts'
export { interpretEncode } from './interpret-encode.ts'
export {
  decodeStoredKey,
  decodeStoredValue,
  encodeStoredKey,
  encodeStoredValue,
  storedRecordOf,
} from './stored-record.ts'
