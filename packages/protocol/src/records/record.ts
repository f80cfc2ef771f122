/** One record as it is read. Key, value and header values share memory with what was decoded, or inflated for it. */
export interface Record {
  readonly offset: number
  /** Milliseconds since the epoch, -1 for none. The time of appending where the topic says so. */
  readonly timestamp: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly RecordHeader[]
  /** The producer's number of this record, -1 when the producer is not idempotent. */
  readonly sequence: number
}

export interface RecordHeader {
  readonly key: string
  readonly value: Uint8Array | null
}

/** One record to be written. */
export interface RecordContent {
  /** One more than the record's before, when missing; the batch's base offset for the first. */
  readonly offset?: number
  /** Milliseconds since the epoch, -1 for none. */
  readonly timestamp: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers?: readonly RecordHeader[]
}

/** What decoding may cost. */
export interface DecodeLimits {
  /** Bytes the records of one batch, or of one message set, may inflate to; more throws `MalformedError`. */
  readonly maxInflatedBytes: number
}

export const NO_HEADERS: readonly RecordHeader[] = Object.freeze([])

/** Offsets and timestamps are safe integers, whatever a hostile batch adds up to (decision D9). */
export function saturatingSum(base: number, delta: number): number {
  const sum = base + delta
  if (sum > Number.MAX_SAFE_INTEGER) return Number.MAX_SAFE_INTEGER
  return sum < -Number.MAX_SAFE_INTEGER ? -Number.MAX_SAFE_INTEGER : sum
}
