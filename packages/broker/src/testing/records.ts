import { decodeUtf8, encodeUtf8 } from '@samsa/base'
import {
  type BatchContent,
  type Compression,
  type Record,
  batchMagic,
  decodeBatch,
  decodeMessageSet,
  encodeBatch,
  encodeMessageSet,
  nextBatch,
} from '@samsa/protocol'

const LIMITS = { maxInflatedBytes: 1 << 26 }

/** A batch as a producer sends it. Records have keys unless `keys` says null. */
export interface TestBatch extends Omit<Partial<BatchContent>, 'records'> {
  readonly values: readonly string[]
  readonly keys?: readonly (string | null)[]
  readonly timestamps?: readonly number[]
}

/** The bytes of a batch (magic 2). Without timestamps of their own its records are of `now`. */
export function batchOf({ values, keys, timestamps, ...rest }: TestBatch, now: number): Uint8Array {
  return encodeBatch({ ...rest, records: contentsOf(values, keys, timestamps, now) })
}

/** A batch of an idempotent producer. */
export function sequencedBatch(
  producer: { id: number; epoch: number },
  baseSequence: number,
  values: readonly string[],
  now: number,
): Uint8Array {
  return batchOf({ values, producerId: producer.id, producerEpoch: producer.epoch, baseSequence }, now)
}

/** The bytes of a message set of an old format. */
export function messageSetOf(
  magic: 0 | 1,
  values: readonly string[],
  now: number,
  compression: Compression = 'none',
): Uint8Array {
  return encodeMessageSet(magic, contentsOf(values, undefined, undefined, now), { compression })
}

function contentsOf(
  values: readonly string[],
  keys: readonly (string | null)[] | undefined,
  timestamps: readonly number[] | undefined,
  now: number,
) {
  return values.map((value, index) => {
    const key = keys === undefined ? 'k' : keys[index]!
    return {
      timestamp: timestamps?.[index] ?? now,
      key: key === null ? null : encodeUtf8(key),
      value: encodeUtf8(value),
    }
  })
}

/** All records of fetched bytes, whatever their format. */
export function recordsOf(bytes: Uint8Array | null): Record[] {
  if (bytes === null || bytes.length === 0) return []
  if (batchMagic(bytes, 0) < 2) return decodeMessageSet(bytes, LIMITS)
  const records: Record[] = []
  for (let at = 0; at >= 0 && at < bytes.length; at = nextBatch(bytes, at, bytes.length)) {
    records.push(...decodeBatch(bytes, at, LIMITS))
  }
  return records
}

/** The values of fetched records, as texts. */
export const valuesOf = (bytes: Uint8Array | null): string[] =>
  recordsOf(bytes).map(({ value }) => decodeUtf8(value as Uint8Array))
