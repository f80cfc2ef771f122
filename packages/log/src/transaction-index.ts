import { DiskError, readInt16, readInt64, writeInt16, writeInt64 } from '@samsa/base'
import type { FilePool } from './file-pool.ts'
import type { PooledFile } from './pooled-file.ts'

export const ABORTED_TRANSACTION_BYTES = 34
const VERSION = 0

/** A transaction whose records readers of committed data must skip. */
export interface AbortedTransaction {
  readonly producerId: number
  readonly firstOffset: number
  /** Offset of its marker. */
  readonly lastOffset: number
  /** The last stable offset when its marker had been written. */
  readonly lastStableOffset: number
}

/**
 * The aborted transactions whose markers lie in one segment, in the order of the markers. The file exists only where
 * there is one.
 *
 *   version:2 (0)  producer id:8  first offset:8  last offset:8  last stable offset:8
 */
export class TransactionIndex {
  readonly #pool: FilePool
  #path: string
  #file: PooledFile | undefined
  #entries: AbortedTransaction[] | undefined
  /** How many of the entries are in the file. */
  #written = 0
  #isUnsynced = false

  /** @param exists whether the file is there */
  constructor(pool: FilePool, path: string, exists: boolean) {
    this.#pool = pool
    this.#path = path
    if (exists) this.#file = pool.file(path)
    else this.#entries = []
  }

  /** Whether there is a file. */
  get exists(): boolean {
    return this.#file !== undefined
  }

  /** Whether something was added or cut since the last sync. */
  get isUnsynced(): boolean {
    return this.#isUnsynced
  }

  all(): readonly AbortedTransaction[] {
    return this.#loaded()
  }

  /** Adds a transaction. One that the disk does not take now is written by the next `sync`. */
  add(transaction: AbortedTransaction): void {
    this.#loaded().push(transaction)
    this.#isUnsynced = true
    try {
      this.#write()
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
    }
  }

  /** Drops the transactions whose markers lie at or after `offset`, and a torn last entry. */
  cut(offset: number): void {
    if (this.#file === undefined) return
    const kept = this.#loaded().filter(entry => entry.lastOffset < offset)
    this.#file.use(true).truncate(kept.length * ABORTED_TRANSACTION_BYTES)
    this.#entries = kept
    this.#written = kept.length
    this.#isUnsynced = true
  }

  /**
   * Adds to `found` the transactions that have records in [offset, upTo). True when no later segment can hold another
   * one.
   */
  collect(offset: number, upTo: number, found: AbortedTransaction[]): boolean {
    for (const entry of this.#loaded()) {
      if (entry.lastOffset >= offset && entry.firstOffset < upTo) found.push(entry)
      if (entry.lastStableOffset >= upTo) return true
    }
    return false
  }

  /** Makes the file durable. Rejects with `DiskError`. */
  async sync(): Promise<void> {
    this.#write()
    this.#isUnsynced = false
    await this.#file?.sync()
  }

  /** Closes the file and forgets what was read of it. */
  release(): void {
    const file = this.#file
    if (file === undefined || this.#isUnsynced) return
    this.#entries = undefined
    file.whenUnused(() => file.close())
  }

  get isPinned(): boolean {
    return this.#file?.isPinned === true
  }

  whenUnused(action: () => void): void {
    if (this.#file === undefined) action()
    else this.#file.whenUnused(action)
  }

  close(): void {
    this.#file?.close()
  }

  rename(path: string): void {
    this.#file?.rename(this.#pool.disk, path)
    this.#path = path
  }

  #loaded(): AbortedTransaction[] {
    if (this.#entries === undefined) {
      this.#entries = this.#readAll()
      this.#written = this.#entries.length
    }
    return this.#entries
  }

  #write(): void {
    const waiting = this.#loaded().slice(this.#written)
    if (waiting.length === 0) return
    this.#file ??= this.#pool.file(this.#path)
    this.#file.use(true).write(waiting.map(encode), this.#written * ABORTED_TRANSACTION_BYTES)
    this.#written += waiting.length
  }

  #readAll(): AbortedTransaction[] {
    const file = this.#file!.use()
    const count = Math.floor(file.size() / ABORTED_TRANSACTION_BYTES)
    const bytes = new Uint8Array(count * ABORTED_TRANSACTION_BYTES)
    if (file.read(bytes, 0) < bytes.length) {
      throw new DiskError('IO', this.#path, `${this.#path} is shorter than its size says`)
    }
    const entries: AbortedTransaction[] = []
    for (let at = 0; at < bytes.length; at += ABORTED_TRANSACTION_BYTES) {
      // What follows an entry that cannot be one was torn off by a crash; recovery writes it anew.
      if (readInt16(bytes, at) !== VERSION || isOutOfOrder(entries.at(-1), readInt64(bytes, at + 18))) break
      entries.push(decode(bytes, at))
    }
    return entries
  }
}

const isOutOfOrder = (before: AbortedTransaction | undefined, lastOffset: number) =>
  before !== undefined && lastOffset <= before.lastOffset

function encode(transaction: AbortedTransaction): Uint8Array {
  const bytes = new Uint8Array(ABORTED_TRANSACTION_BYTES)
  writeInt16(bytes, 0, VERSION)
  writeInt64(bytes, 2, transaction.producerId)
  writeInt64(bytes, 10, transaction.firstOffset)
  writeInt64(bytes, 18, transaction.lastOffset)
  writeInt64(bytes, 26, transaction.lastStableOffset)
  return bytes
}

function decode(bytes: Uint8Array, at: number): AbortedTransaction {
  return {
    producerId: readInt64(bytes, at + 2),
    firstOffset: readInt64(bytes, at + 10),
    lastOffset: readInt64(bytes, at + 18),
    lastStableOffset: readInt64(bytes, at + 26),
  }
}
