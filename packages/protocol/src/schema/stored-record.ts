import type { CompleteOf, DraftOf, Fields } from './field.ts'
import { Message } from './message.ts'

/**
 * A kind of record that coordinators keep in an internal topic. The key starts with the number of its kind, the value
 * with its version, each an int16; a record without a value says that the key is gone.
 */
export interface StoredRecord<Key extends Fields = Fields, Value extends Fields = Fields> {
  readonly name: string
  readonly type: number
  readonly key: Message<Key>
  readonly value: Message<Value>
}

export interface StoredRecordOptions<Key extends Fields, Value extends Fields> {
  readonly name: string
  readonly type: number
  readonly key: () => Key
  /** The oldest and the newest version of the value; keys have one. */
  readonly versions: readonly [min: number, max: number]
  /** The first flexible version of the value (KIP-482); keys are never flexible. */
  readonly flexible: number | 'none'
  readonly value: () => Value
}

/** Declares a kind of stored record. */
export function storedRecord<const Key extends Fields, const Value extends Fields>(
  options: StoredRecordOptions<Key, Value>,
): StoredRecord<Key, Value> {
  const { name, type, versions, flexible } = options
  return {
    name,
    type,
    key: new Message({ name: `${name}Key`, versions: [0, 0], flexible: 'none', fields: options.key }),
    value: new Message({ name: `${name}Value`, versions, flexible, fields: options.value }),
  }
}

/** The key of a stored record. */
export type KeyOf<R extends StoredRecord> = CompleteOf<R['key']['fields']>
/** The value of a stored record: every field has a value, whatever the version. */
export type ValueOf<R extends StoredRecord> = CompleteOf<R['value']['fields']>
/** The value of a stored record to encode: fields with a default may be left out. */
export type ValueDraftOf<R extends StoredRecord> = DraftOf<R['value']['fields']>
