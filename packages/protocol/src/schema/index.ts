export { api } from './api.ts'
export type { Api, CompleteResponseOf, RequestDraftOf, RequestOf, ResponseOf } from './api.ts'
export {
  NEWEST,
  array,
  bigInt64,
  boolean,
  bytes,
  errorCode,
  float64,
  int16,
  int32,
  int64,
  int8,
  records,
  string,
  struct,
  uint16,
  uint32,
  uuid,
} from './field.ts'
export type {
  AnyField,
  CompleteOf,
  DraftOf,
  Field,
  FieldType,
  Fields,
  ScalarKind,
  UnknownTaggedField,
} from './field.ts'
export { framedRecord } from './framed-record.ts'
export type { FramedRecord } from './framed-record.ts'
export { message } from './message.ts'
export type { AnyMessage, Message, MessageDraftOf, MessageOf } from './message.ts'
export { storedRecord } from './stored-record.ts'
export type { KeyOf, StoredRecord, ValueDraftOf, ValueOf } from './stored-record.ts'
