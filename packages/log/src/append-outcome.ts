import type { ErrorName } from '@samsa/protocol'

/** Who hands records to a log: clients are checked in full, replication brings what a leader has checked before. */
export type AppendOrigin = 'client' | 'coordinator' | 'replication'

export interface AppendContext {
  /** Written into the batches (unless they are replicated), and noted as the epoch of the records. */
  readonly leaderEpoch: number
  readonly origin: AppendOrigin
  /** The time of appending in milliseconds; the clock's when missing. */
  readonly now?: number
  /**
   * For transactional records that would begin a transaction in this partition: whether the coordinator knows that it
   * is under way. False refuses them; missing means it is not checked.
   */
  readonly isTransactionVerified?: boolean
  /** From 2 on, the epoch of a marker must be greater than that of the records it ends (KIP-890). */
  readonly transactionVersion?: number
}

/** A record of a refused batch and what is wrong with it. */
export interface RecordError {
  readonly batchIndex: number
  readonly batchIndexErrorMessage: string
}

export interface Refused {
  readonly error: Exclude<ErrorName, 'NONE'>
  readonly message?: string
  readonly recordErrors?: readonly RecordError[]
}

export interface Appended {
  readonly error: 'NONE'
  /** Offsets of the first and last record; -1 when there was nothing to append. */
  readonly firstOffset: number
  readonly lastOffset: number
  /** When the records were appended, or -1 where they keep their producer's timestamps. */
  readonly logAppendTimeMs: number
  readonly maxTimestamp: number
  /** The batch was appended before: these are its offsets, nothing changed. */
  readonly duplicate?: boolean
}

export type AppendOutcome = Appended | Refused

export function refused(
  error: Exclude<ErrorName, 'NONE'>,
  message: string,
  recordErrors?: readonly RecordError[],
): Refused {
  return recordErrors === undefined ? { error, message } : { error, message, recordErrors }
}
