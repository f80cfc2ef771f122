import { Buffer } from 'node:buffer'
import { MalformedError, readInt16 } from '@samsa/base'
import {
  type AnyMessage,
  ConsumerProtocolAssignment,
  ConsumerProtocolSubscription,
  GroupMetadataRecord,
  type Record,
  type StoredRecord,
  decodeMessage,
  decodeStoredKey,
  decodeStoredValue,
  storedRecordOf,
} from '@samsa/protocol'
import { FailedError } from '../command/command.ts'
import { messageJson } from '../console/stored-json.ts'

/** A record's key and value as text; undefined where there is none. */
export interface RecordText {
  readonly key: string | undefined
  readonly value: string | undefined
}

export type RecordReader = (record: Record) => RecordText

/** How keys and values can be read, by the last part of the names of Kafka's classes for it. */
const decoders: Readonly<{ [name: string]: (bytes: Uint8Array) => string }> = {
  StringDecoder: bytes => Buffer.from(bytes).toString('utf8'),
  IntegerDecoder: bytes => `${viewOf(bytes, 4).getInt32(0)}`,
  LongDecoder: bytes => `${viewOf(bytes, 8).getBigInt64(0)}`,
  DefaultDecoder: bytes => Buffer.from(bytes).toString('hex'),
}

function viewOf(bytes: Uint8Array, length: number): DataView {
  if (bytes.length < length)
    throw new FailedError(`A key or value has ${bytes.length} bytes, and a number of ${length} was expected.`)
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}

/**
 * Reads keys and values with decoders.
 *
 * @param keyDecoder,valueDecoder a name such as `StringDecoder`, with its package or without. Throws `FailedError` for one
 *   that is not there
 */
export function plainReader(keyDecoder: string, valueDecoder: string): RecordReader {
  const [key, value] = [keyDecoder, valueDecoder].map(decoderOf) as [Decode, Decode]
  return record => ({
    key: record.key === null ? undefined : key(record.key),
    value: record.value === null ? undefined : value(record.value),
  })
}

type Decode = (bytes: Uint8Array) => string

function decoderOf(name: string): Decode {
  const decoder = decoders[name.replace(/^.*\./, '')]
  if (decoder !== undefined) return decoder
  const known = Object.keys(decoders).join(', ')
  throw new FailedError(`${name} is a Java class, which cannot be run here. There are: ${known}.`)
}

/** Reads the records of an internal topic as JSON. */
export function storedReader(kinds: readonly StoredRecord[]): RecordReader {
  return record => {
    const { key, value, offset } = record
    if (key === null)
      throw new FailedError(
        `Failed to decode message at offset ${offset} using the specified decoder (message had a missing key)`,
      )
    try {
      const kind = storedRecordOf(kinds, key)
      if (kind === undefined) {
        const text = `Unknown record type ${readInt16(key, 0)} at offset ${offset}, skipping.`
        return { key: text, value: undefined }
      }
      return { key: keyText(kind, key), value: value === null ? '<DELETE>' : valueText(kind, value) }
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error
      return { key: `Error at offset ${offset}, skipping. ${error.message}`, value: undefined }
    }
  }
}

function keyText(kind: StoredRecord, key: Uint8Array): string {
  return `{"type":"${kind.type}","data":${messageJson(kind.key.fields, 0, decodeStoredKey(kind, key))}}`
}

function valueText(kind: StoredRecord, value: Uint8Array): string {
  const version = readInt16(value, 0)
  const data = decodeStoredValue(kind, value)
  const json = messageJson(kind.value.fields, version, data)
  const isOfConsumers =
    kind.type === GroupMetadataRecord.type && (data as { protocolType?: unknown }).protocolType === 'consumer'
  return `{"version":"${version}","data":${isOfConsumers ? withProtocol(json) : json}}`
}

/** What consumers tell each other through the group, in place of its bytes. */
function withProtocol(json: string): string {
  return json.replaceAll(
    /"(subscription|assignment)":"([\w+/=]*)"/g,
    (whole, field: string, base64: string) => {
      const message = field === 'subscription' ? ConsumerProtocolSubscription : ConsumerProtocolAssignment
      const text = protocolText(message, Buffer.from(base64, 'base64'))
      return text === undefined ? whole : `"${field}":${text}`
    },
  )
}

/** Undefined where it cannot be read: members write this, not brokers. */
function protocolText(message: AnyMessage, bytes: Uint8Array): string | undefined {
  if (bytes.length < 2) return undefined
  const version = readInt16(bytes, 0)
  if (version < 0 || version > message.maxVersion) return undefined
  try {
    return messageJson(message.fields, version, decodeMessage(message, version, bytes.subarray(2)))
  } catch (error) {
    if (error instanceof MalformedError) return undefined
    throw error
  }
}
