import type { ConsumerRecord, TimestampType } from '../../records/consumer-record.ts'
import type { RecordHeader } from '../../records/header.ts'

/** A record as decoded; key and value become what the deserializers make of them. */
export class FetchedRecord implements ConsumerRecord<unknown, unknown> {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly timestamp: number
  readonly timestampType: TimestampType
  key: unknown
  value: unknown
  readonly headers: readonly RecordHeader[]
  readonly leaderEpoch: number | undefined
  readonly serializedKeySize: number
  readonly serializedValueSize: number

  constructor(
    topic: string,
    partition: number,
    offset: number,
    timestamp: number,
    timestampType: TimestampType,
    key: Uint8Array | null,
    value: Uint8Array | null,
    headers: readonly RecordHeader[],
    leaderEpoch: number | undefined,
  ) {
    this.topic = topic
    this.partition = partition
    this.offset = offset
    this.timestamp = timestamp
    this.timestampType = timestampType
    this.key = key
    this.value = value
    this.headers = headers
    this.leaderEpoch = leaderEpoch
    this.serializedKeySize = key === null ? -1 : key.length
    this.serializedValueSize = value === null ? -1 : value.length
  }
}
