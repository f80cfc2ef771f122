import type { GroupRecord } from '@samsa/coordinators'
import type { ErrorName } from '@samsa/protocol'

/** Where one partition of `__consumer_offsets` keeps its records, as the driver of the groups' machine sees it. */
export interface CoordinatorLog {
  /** Appends records as one batch: all of them or none. */
  append(records: readonly GroupRecord[], nowMs: number): AppendedRecords | RefusedRecords
  /** Offset of the first record kept. */
  readonly startOffset: number
  /**
   * Reads from an offset on, as much as is good for one step; `nextOffset` is the one given at the end of the log.
   */
  read(offset: number): ReadEntries | RefusedRecords
  /** NONE once everything in the log survives a power cut, or why that is not known. */
  whenSafe(): Promise<ErrorName> | ErrorName
}

export interface AppendedRecords {
  readonly error: 'NONE'
  /** The records' offsets count up from here. */
  readonly firstOffset: number
  /** NONE once the records survive a power cut, or why that is not known. */
  readonly safe: Promise<ErrorName> | ErrorName
}

export interface RefusedRecords {
  readonly error: Exclude<ErrorName, 'NONE'>
}

export interface ReadEntries {
  readonly error: 'NONE'
  readonly entries: readonly LogEntry[]
  readonly nextOffset: number
}

export type LogEntry = RecordEntry | TransactionEnd

export interface RecordEntry {
  readonly kind: 'record'
  readonly offset: number
  readonly record: GroupRecord
  /** Set when the record belongs to a transaction. */
  readonly producerId: number | undefined
}

/** The marker that ends a producer's transaction. */
export interface TransactionEnd {
  readonly kind: 'transactionEnd'
  readonly producerId: number
  readonly isCommitted: boolean
}
