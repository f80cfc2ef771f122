import { assert, type Clock, type Timer } from '@samsa/base'
import { ChangeHistory } from './change-history.ts'
import { decodeJournalRecord, encodeChange, encodeSnapshot } from './journal-record.ts'
import { type Journal, NotWrittenError } from './journal.ts'
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

/** How long the end of a lease waits for a journal that has no room. */
const LEASE_RETRY_MS = 1000

/** A change in memory, and what it replaced. */
interface Applied {
  readonly change: Change
  readonly before: ReadonlyMap<string, Entry | undefined>
}

/** A call that waits until everything it saw is durable. */
interface Waiting {
  readonly applied: Applied | undefined
  readonly settled: () => void
  readonly failed: (error: StoreError) => void
}

/**
 * The metadata store of a single process, on a journal.
 *
 * A transaction is decided and applied to memory at once; its answer, its events and every read that saw it wait until
 * the journal has made it durable. Transactions that arrive together, or while the journal is busy, share one append.
 * What the journal refuses is undone. When the journal breaks the store stops for good: only reading the journal again
 * can tell what was kept.
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
  readonly #retries = new Set<Timer>()

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
    const applied = succeeded ? this.#apply(transaction.operations) : undefined
    const outcome = { succeeded, revision: this.#revision }
    await this.#durable(applied)
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
    for (const retry of this.#retries) retry.cancel()
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
  #apply(operations: readonly Operation[]): Applied | undefined {
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
    const before = new Map(events.map(keyOf).map(key => [key, this.#entries.get(key)]))
    this.#evolve(change)
    return { change, before }
  }

  /** Takes changes back that nobody has seen, the newest first. */
  #undo(all: readonly Applied[]): void {
    for (const { change, before } of all.toReversed()) {
      for (const [key, entry] of before) this.#set(key, entry)
      this.#revision = change.revision - 1
    }
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

  /** The only way the state moves on, live and on replay. */
  #evolve(change: Change): void {
    for (const event of change.events) this.#set(keyOf(event), event.type === 'put' ? event.entry : undefined)
    this.#revision = change.revision
  }

  #set(key: string, entry: Entry | undefined): void {
    const before = this.#entries.get(key)
    if (before?.lease !== undefined) this.#leases.detach(before.lease, key)
    if (entry === undefined) this.#entries.delete(key)
    else this.#entries.set(key, entry)
    if (entry?.lease !== undefined) this.#leases.attach(entry.lease, key)
  }

  async #endLease(lease: string): Promise<void> {
    await this.#deleteOf(lease, this.#leases.end(lease))
  }

  /** Deletes what hung on an ended lease; while the journal does not take it, again and again. */
  async #deleteOf(lease: string, keys: readonly string[]): Promise<void> {
    const left = keys.filter(key => this.#entries.get(key)?.lease === lease)
    const operations = left.map(key => ({ type: 'delete' as const, key }))
    try {
      await this.transact({ conditions: [], operations })
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'NOT_WRITTEN') throw error
      const again = this.#clock.timer(LEASE_RETRY_MS, () => {
        this.#retries.delete(again)
        void this.#deleteOf(lease, left).catch(() => {})
      })
      this.#retries.add(again)
    }
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
    const applied = this.#apply(leased.map(({ key }) => ({ type: 'delete', key })))
    this.#durable(applied).catch(() => {})
  }

  /** Resolves once everything applied up to now is durable; rejects when the store failed. */
  #durable(applied?: Applied): Promise<void> {
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal)
    if (applied === undefined && this.#writing === 'idle') return Promise.resolve()
    return new Promise((settled, failed) => {
      this.#waiting.push({ applied, settled, failed })
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
      const changes = batch.flatMap(({ applied }) => applied?.change ?? [])
      try {
        await this.#write(changes)
      } catch (error) {
        this.#refuse(batch, error)
        continue
      }
      this.#history.publish(changes)
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

  /** Refuses what could not be written and everything that came after it and may have built on it. */
  #refuse(batch: readonly Waiting[], cause: unknown): void {
    const refused = [...batch, ...this.#waiting]
    this.#waiting = []
    const reason = cause instanceof Error ? cause.message : String(cause)
    let error: StoreError
    if (cause instanceof NotWrittenError) {
      this.#undo(refused.flatMap(({ applied }) => applied ?? []))
      error = new StoreError('NOT_WRITTEN', `the metadata cannot be changed at present: ${reason}`, { cause })
    } else {
      error = new StoreError('FAILED', `the metadata journal cannot be written: ${reason}`, { cause })
      this.#refusal = error
      this.#leases.close()
    }
    for (const { failed } of refused) failed(error)
  }
}

function keyOf(event: StoreEvent): string {
  return event.type === 'put' ? event.entry.key : event.key
}

function assertDistinctKeys(events: readonly StoreEvent[]): void {
  if (events.length < 2) return
  const keys = new Set(events.map(keyOf))
  assert(keys.size === events.length, 'a transaction writes a key twice')
}

function lengthOf(records: readonly Uint8Array[]): number {
  return records.reduce((total, record) => total + record.length, 0)
}
