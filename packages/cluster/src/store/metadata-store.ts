/**
 * Where the cluster's metadata lives (decision D6): an ordered key-value store with compare-and-set transactions,
 * leases and watches. The terms and their exact meaning are etcd v3's, so that etcd can stand behind this interface;
 * what etcd leaves to its client (JSON values, one error class) is settled here.
 */
export interface MetadataStore {
  /** The most operations one transaction may hold. etcd's default is 128; embedded there is no limit. */
  readonly maxOperations: number

  /** The entry of a key as of at least every transaction that was answered before this call. */
  get(key: string): Promise<Entry | undefined>

  /** All entries whose keys start with `prefix`, in key order, and the revision they were read at. */
  range(prefix: string): Promise<{ readonly entries: readonly Entry[]; readonly revision: number }>

  /**
   * Applies all operations in one revision if every condition holds, and nothing otherwise. Resolves once the outcome
   * is durable. A transaction that changes nothing takes no revision of its own. Writing one key twice in a
   * transaction is a bug of the caller and asserts.
   */
  transact(transaction: Transaction): Promise<TransactionOutcome>

  /** A lease that expires `ttlMs` after it was granted or last kept alive; the entries put under it go with it. */
  grantLease(ttlMs: number): Promise<string>
  /** Starts the lease's time anew; false when the lease is gone, together with its entries. */
  keepLeaseAlive(lease: string): Promise<boolean>
  /** Ends a lease and deletes its entries. Ending one that is gone is fine. */
  revokeLease(lease: string): Promise<void>

  /**
   * Tells of every change from revision `from` on, in order, without gaps, and only once it is durable. The listener
   * is never called before `watch` returned.
   */
  watch(options: { readonly from: number; readonly prefix?: string }, listener: WatchListener): Watch

  /** Stops timers and watches and waits for what was being written. Later calls are refused. */
  close(): Promise<void>
}

export interface Entry {
  readonly key: string
  readonly value: Json
  /** Revision at which the key came into being; a deleted key starts anew. */
  readonly createRevision: number
  /** Revision of the last put. */
  readonly modRevision: number
  /** The lease this entry ends with. */
  readonly lease?: string
}

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [name: string]: Json | undefined
}

export interface Transaction {
  readonly conditions: readonly Condition[]
  readonly operations: readonly Operation[]
}

/** Holds while the key's last put was at this revision; 0 means that the key does not exist. */
export interface Condition {
  readonly key: string
  readonly modRevision: number
}

export type Operation =
  | { readonly type: 'put'; readonly key: string; readonly value: Json; readonly lease?: string }
  | { readonly type: 'delete'; readonly key: string }
  | { readonly type: 'deletePrefix'; readonly prefix: string }

export interface TransactionOutcome {
  /** Whether the conditions held and the operations were applied. */
  readonly succeeded: boolean
  /** The store's revision after this transaction. */
  readonly revision: number
}

/** What one transaction, or one ended lease, changed. */
export interface Change {
  readonly revision: number
  readonly events: readonly StoreEvent[]
}

export type StoreEvent =
  | { readonly type: 'put'; readonly entry: Entry }
  | { readonly type: 'delete'; readonly key: string }

export interface WatchListener {
  /** Changes in the order of their revisions, never an empty list. */
  changed(changes: readonly Change[]): void
  /** The store no longer has the changes asked for: read the range again and watch from there. Nothing follows. */
  lost(): void
}

export interface Watch {
  /** No call of the listener follows. */
  cancel(): void
}

export type StoreErrorCode = 'LEASE_NOT_FOUND' | 'CONFLICT' | 'NOT_WRITTEN' | 'FAILED' | 'CLOSED'

/**
 * What the store could not do. After `NOT_WRITTEN` nothing has changed, and trying again later may do. After `FAILED` the
 * store answers nothing any more: what is durable is then uncertain.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: StoreErrorCode
  constructor(code: StoreErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
