import { ByteReader, ByteWriter, MalformedError } from '@samsa/base'
import { encodeBatch } from './batch-encoder.ts'
import type { Record } from './record.ts'

// The key of a control record is version:2 type:2. The value of the end of a transaction (KIP-98) is version:2
// coordinatorEpoch:4; other types have messages of their own as values.

const types = [
  'ABORT',
  'COMMIT',
  'LEADER_CHANGE',
  'SNAPSHOT_HEADER',
  'SNAPSHOT_FOOTER',
  'KRAFT_VERSION',
  'KRAFT_VOTERS',
] as const

/** What a control record says. 'UNKNOWN' stands for types that came later: they are to be skipped. */
export type ControlRecordType = (typeof types)[number] | 'UNKNOWN'

export interface ControlRecord {
  readonly type: ControlRecordType
  /** The epoch of the transaction coordinator, for 'ABORT' and 'COMMIT'; -1 otherwise. */
  readonly coordinatorEpoch: number
}

/** What the record of a control batch says; throws `MalformedError` when it is too short. */
export function decodeControlRecord(record: Record): ControlRecord {
  const type = controlRecordType(record)
  if (type !== 'ABORT' && type !== 'COMMIT') return { type, coordinatorEpoch: -1 }
  if (record.value === null) throw new MalformedError('the end of a transaction has no value')
  const reader = new ByteReader(record.value)
  checkVersion(reader.int16())
  return { type, coordinatorEpoch: reader.int32() }
}

function controlRecordType(record: Record): ControlRecordType {
  if (record.key === null) throw new MalformedError('a control record has no key')
  const reader = new ByteReader(record.key)
  checkVersion(reader.int16())
  return types[reader.int16()] ?? 'UNKNOWN'
}

// Later versions only add to the end.
function checkVersion(version: number): void {
  if (version < 0) throw new MalformedError(`a control record has the version ${version}`)
}

/** The end of a transaction in one partition. */
export interface EndTransactionMarker {
  readonly type: 'ABORT' | 'COMMIT'
  readonly coordinatorEpoch: number
  readonly producerId: number
  readonly producerEpoch: number
  /** Milliseconds since the epoch. */
  readonly timestamp: number
  readonly baseOffset?: number
  readonly leaderEpoch?: number
}

/** The control batch that ends a transaction in one partition. */
export function encodeEndTransactionMarker(marker: EndTransactionMarker): Uint8Array {
  const key = new ByteWriter(4)
  key.int16(0)
  key.int16(types.indexOf(marker.type))
  const value = new ByteWriter(6)
  value.int16(0)
  value.int32(marker.coordinatorEpoch)
  return encodeBatch({
    baseOffset: marker.baseOffset,
    leaderEpoch: marker.leaderEpoch,
    producerId: marker.producerId,
    producerEpoch: marker.producerEpoch,
    isTransactional: true,
    isControl: true,
    records: [{ timestamp: marker.timestamp, key: key.toBytes(), value: value.toBytes() }],
  })
}
