import { ByteReader } from '@samsa/base'
import type { KeyOf, StoredRecord, ValueDraftOf, ValueOf } from '../schema/stored-record.ts'
import { decodeMessage, decodeVersioned, encodeAfter, encodeVersioned } from './codec.ts'

/** Encodes the key of a stored record, the number of its kind first. */
export function encodeStoredKey<R extends StoredRecord>(record: R, key: KeyOf<R>): Uint8Array {
  return encodeAfter<R['key']>(record.type, record.key, 0, key)
}

/** Encodes the value of a stored record, its version first. */
export function encodeStoredValue<R extends StoredRecord>(
  record: R,
  version: number,
  value: ValueDraftOf<R>,
): Uint8Array {
  return encodeVersioned<R['value']>(record.value, version, value)
}

/**
 * Which of `records` a key belongs to; undefined for a kind that this release does not know, which is to be skipped.
 * Throws `MalformedError` when the key is too short to tell.
 */
export function storedRecordOf<R extends StoredRecord>(
  records: readonly R[],
  key: Uint8Array,
): R | undefined {
  const type = new ByteReader(key).int16()
  return records.find(record => record.type === type)
}

/** Decodes the key of a stored record of a known kind. Throws `MalformedError`. */
export function decodeStoredKey<R extends StoredRecord>(record: R, key: Uint8Array): KeyOf<R> {
  return decodeMessage<R['key']>(record.key, 0, key.subarray(2))
}

/** Decodes the value of a stored record of a known kind. Throws `MalformedError`, also for an unknown version. */
export function decodeStoredValue<R extends StoredRecord>(record: R, value: Uint8Array): ValueOf<R> {
  return decodeVersioned<R['value']>(record.value, value).value
}
