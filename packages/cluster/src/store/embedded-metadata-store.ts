import { assert, type Clock } from '@samsa/base'
import { ChangeHistory } from './change-history.ts'
import { decodeJournalRecord, encodeChange, encodeSnapshot } from './journal-record.ts'
import type { Journal } from './journal.ts'
import { Leases } from './leases.ts'
import {
  type Change,
  type Condition,
  type Entry,
  type MetadataStore,
  type Operation,
  StoreError,
  type StoreEvent,
  type Transaction,
  type TransactionOutcome,
  type Watch,
  type WatchListener,
} from './metadata-store.ts'
import { SortedMap } from './sorted-map.ts'

export interface EmbeddedMetadataStoreOptions {
  readonly journal: Journal
  readonly clock: Clock
  /**
   * The journal is rewritten as a snapshot once it has grown by this many bytes plus twice the last snapshot: it
   * stays bounded by the state, and rewriting costs a constant share of the writing. Default 1 MiB.
   */
  readonly rewriteAfterBytes?: number
}

/** A call that waits until everything it saw is durable. */
interface Waiting {
  readonly change: Change | undefined
  readonly settled: () => void
  readonly failed: (error: StoreError) => void
}

/**
 * The metadata store of a single process, on a journal.
 *
 * A transaction is decided and applied to memory at once; its answer, its events and every read that saw it wait until
 * the journal has made it durable. Transactions that arrive together, or while the journal is busy, share one append.
 * When the journal fails the store stops for good: only reading the journal again can tell what was kept.
 *
 * Leases end with the process that was granted them: what hung on them is deleted when the store opens.
 */
export class EmbeddedMetadataStore implements MetadataStore {
  readonly maxOperations = Number.MAX_SAFE_INTEGER
  readonly #journal: Journal
  readonly #clock: Clock
  readonly #rewriteAfterBytes: number
  readonly #entries = new SortedMap<Entry>()
  readonly #leases: Leases
  readonly #history: ChangeHistory
  #revision = 0
  #snapshotBytes = 0
  #grownBytes = 0
  #waiting: Waiting[] = []
  #writing: 'idle' | 'deferred' | 'busy' = 'idle'
  #refusal: StoreError | undefined

  /**
   * Opens the store with what its journal holds.
   *
   * @throws MalformedError when the journal holds something else
   */
  constructor(options: EmbeddedMetadataStoreOptions) {
    this.#journal = options.journal
    this.#clock = options.clock
    this.#rewriteAfterBytes = options.rewriteAfterBytes ?? 1024 * 1024
    this.#leases = new Leases(options.clock, lease => void this.#endLease(lease).catch(() => {}))
    this.#replay()
    this.#history = new ChangeHistory(this.#revision + 1, callback => options.clock.defer(callback))
    this.#deleteLeased()
  }

  /** Revision of the last transaction applied, durable or about to be. */
  get revision(): number {
    return this.#revision
  }

  /** Why the store answers nothing any more. */
  get failed(): StoreError | undefined {
    return this.#refusal?.code === 'FAILED' ? this.#refusal : undefined
  }

  async get(key: string): Promise<Entry | undefined> {
    const entry = this.#entries.get(key)
    await this.#durable()
    return entry
  }

  async range(prefix: string): Promise<{ entries: readonly Entry[]; revision: number }> {
    const read = { entries: [...this.#entries.withPrefix(prefix)], revision: this.#revision }
    await this.#durable()
    return read
  }

  async transact(transaction: Transaction): Promise<TransactionOutcome> {
    if (this.#refusal !== undefined) throw this.#refusal
    const succeeded = transaction.conditions.every(condition => this.#holds(condition))
    const change = succeeded ? this.#apply(transaction.operations) : undefined
    const outcome = { succeeded, revision: this.#revision }
    await this.#durable(change)
    return outcome
  }

  async grantLease(ttlMs: number): Promise<string> {
    if (this.#refusal !== undefined) throw this.#refusal
    return this.#leases.grant(ttlMs)
  }

  async keepLeaseAlive(lease: string): Promise<boolean> {
    if (this.#refusal !== undefined) throw this.#refusal
    return this.#leases.keepAlive(lease)
  }

  async revokeLease(lease: string): Promise<void> {
    await this.#endLease(lease)
  }

  watch(options: { readonly from: number; readonly prefix?: string }, listener: WatchListener): Watch {
    return this.#history.watch(options.from, options.prefix ?? '', listener)
  }

  async close(): Promise<void> {
    if (this.#refusal?.code === 'CLOSED') return
    this.#leases.close()
    while (this.#writing !== 'idle') await this.#durable().catch(() => {})
    this.#refusal = new StoreError('CLOSED', 'the metadata store is closed')
    this.#history.clear()
    await this.#journal.close()
  }

  // --- applying

  #holds(condition: Condition): boolean {
    return (this.#entries.get(condition.key)?.modRevision ?? 0) === condition.modRevision
  }

  /** Applies operations as the next revision; undefined when they change nothing. */
  #apply(operations: readonly Operation[]): Change | undefined {
    const revision = this.#revision + 1
    for (const operation of operations) {
      if (operation.type === 'put' && operation.lease !== undefined && !this.#leases.has(operation.lease)) {
        throw new StoreError('LEASE_NOT_FOUND', `cannot put ${operation.key}: ${operation.lease} has ended`)
      }
    }
    const events = operations.flatMap(operation => this.#eventsOf(operation, revision))
    assertDistinctKeys(events)
    if (events.length === 0) return undefined
    const change = { revision, events }
    this.#evolve(change)
    return change
  }

  #eventsOf(operation: Operation, revision: number): StoreEvent[] {
    switch (operation.type) {
      case 'put': {
        const { type, key, value, lease } = operation
        const createRevision = this.#entries.get(key)?.createRevision ?? revision
        const entry = { key, value, createRevision, modRevision: revision }
        return [{ type, entry: lease === undefined ? entry : { ...entry, lease } }]
      }
      case 'delete':
        return this.#entries.get(operation.key) === undefined ? [] : [{ type: 'delete', key: operation.key }]
      case 'deletePrefix':
        return Array.from(this.#entries.withPrefix(operation.prefix), ({ key }) => ({ type: 'delete', key }))
    }
  }

  /** The only way the state changes, live and on replay. */
  #evolve(change: Change): void {
    for (const event of change.events) {
      const key = event.type === 'put' ? event.entry.key : event.key
      const before = this.#entries.get(key)
      if (before?.lease !== undefined) this.#leases.detach(before.lease, key)
      if (event.type === 'delete') this.#entries.delete(key)
      else {
        this.#entries.set(key, event.entry)
        if (event.entry.lease !== undefined) this.#leases.attach(event.entry.lease, key)
      }
    }
    this.#revision = change.revision
  }

  async #endLease(lease: string): Promise<void> {
    const operations = this.#leases.end(lease).map(key => ({ type: 'delete' as const, key }))
    await this.transact({ conditions: [], operations })
  }

  // --- the journal

  #replay(): void {
    let parts: Entry[] = []
    let bytes = 0
    for (const record of this.#journal.replay()) {
      const decoded = decodeJournalRecord(record, key => this.#entries.get(key)?.createRevision)
      this.#grownBytes += record.length
      if (decoded.type === 'change') {
        this.#evolve(decoded.change)
        continue
      }
      if (decoded.part === 0) {
        parts = []
        bytes = 0
      }
      parts.push(...decoded.entries)
      bytes += record.length
      if (decoded.part + 1 === decoded.parts) this.#restore(decoded.revision, parts, bytes)
    }
  }

  #restore(revision: number, entries: readonly Entry[], bytes: number): void {
    this.#entries.clear()
    for (const entry of entries) this.#entries.set(entry.key, entry)
    this.#revision = revision
    this.#snapshotBytes = bytes
    this.#grownBytes = 0
  }

  #deleteLeased(): void {
    const leased = Array.from(this.#entries.withPrefix('')).filter(entry => entry.lease !== undefined)
    if (leased.length === 0) return
    const change = this.#apply(leased.map(({ key }) => ({ type: 'delete', key })))
    this.#durable(change).catch(() => {})
  }

  /** Resolves once everything applied up to now is durable; rejects when the store failed. */
  #durable(change?: Change): Promise<void> {
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal)
    if (change === undefined && this.#writing === 'idle') return Promise.resolve()
    return new Promise((settled, failed) => {
      this.#waiting.push({ change, settled, failed })
      if (this.#writing !== 'idle') return
      this.#writing = 'deferred'
      this.#clock.defer(() => void this.#flush())
    })
  }

  async #flush(): Promise<void> {
    this.#writing = 'busy'
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      try {
        await this.#write(batch.flatMap(({ change }) => change ?? []))
      } catch (cause) {
        this.#fail(batch, cause)
        break
      }
      this.#history.publish(batch.flatMap(({ change }) => change ?? []))
      for (const { settled } of batch) settled()
    }
    // Nothing may run between the loop's last look and this line: a caller that sees 'busy' counts on being seen.
    this.#writing = 'idle'
  }

  async #write(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return
    const records = changes.map(encodeChange)
    this.#grownBytes += lengthOf(records)
    if (this.#grownBytes <= this.#rewriteAfterBytes + 2 * this.#snapshotBytes) {
      await this.#journal.append(records)
      return
    }
    // The state already holds the changes about to be written, and nothing beyond them: the snapshot stands for both.
    const snapshot = encodeSnapshot(this.#revision, this.#entries.withPrefix(''))
    await this.#journal.rewrite(snapshot)
    this.#snapshotBytes = lengthOf(snapshot)
    this.#grownBytes = 0
  }

  #fail(batch: readonly Waiting[], cause: unknown): void {
    const reason = cause instanceof Error ? cause.message : String(cause)
    this.#refusal = new StoreError('FAILED', `the metadata journal cannot be written: ${reason}`, { cause })
    this.#leases.close()
    const refused = [...batch, ...this.#waiting]
    this.#waiting = []
    for (const { failed } of refused) failed(this.#refusal)
  }
}

function assertDistinctKeys(events: readonly StoreEvent[]): void {
  if (events.length < 2) return
  const keys = new Set(events.map(event => (event.type === 'put' ? event.entry.key : event.key)))
  assert(keys.size === events.length, 'a transaction writes a key twice')
}

function lengthOf(records: readonly Uint8Array[]): number {
  return records.reduce((total, record) => total + record.length, 0)
}
