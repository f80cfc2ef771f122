import type { ConsumerRecord } from '@samsa/client'
import { type StoredRecord, decodeStoredKey, decodeStoredValue, storedRecordOf } from '@samsa/protocol'
import type { ByteOutput } from './byte-output.ts'
import type { RecordFormatter } from './record-formatter.ts'
import { messageJson } from './stored-json.ts'

/**
 * Prints records of an internal topic as JSON, one a line: those of the kinds it is for, others it leaves out. Kafka
 * ends none with a line.
 */
export class StoredRecordFormatter implements RecordFormatter {
  readonly #kinds: readonly StoredRecord[]

  constructor(kinds: readonly StoredRecord[]) {
    this.#kinds = kinds
  }

  write({ key, value, offset }: ConsumerRecord, output: ByteOutput): void {
    if (key === null) return
    try {
      const kind = storedRecordOf(this.#kinds, key)
      if (kind === undefined) return
      output.text(
        `{"key":{"type":${kind.type},"data":${keyJson(kind, key)}},"value":${valueJson(kind, value)}}\n`,
      )
    } catch (error) {
      throw new Error(`Could not read record at offset ${offset} due to: ${(error as Error).message}`)
    }
  }
}

function keyJson(kind: StoredRecord, key: Uint8Array): string {
  return messageJson(kind.key.fields, 0, decodeStoredKey(kind, key))
}

function valueJson(kind: StoredRecord, value: Uint8Array | null): string {
  if (value === null) return 'null'
  const data = decodeStoredValue(kind, value)
  const version = (value[0]! << 8) | value[1]!
  return `{"version":${version},"data":${messageJson(kind.value.fields, version, data)}}`
}
