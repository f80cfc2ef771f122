import { DiskError } from '@samsa/base'
import type { FilePool } from './file-pool.ts'
import type { PooledFile } from './pooled-file.ts'

const ENTRIES_A_PAGE = 512
const FIRST_TAIL_ENTRIES = 8
const TAIL_ENTRIES = 128
const UNKNOWN = -1
const NOTHING = new Uint8Array(0)

/**
 * A file of entries of one size that grows at its end: an offset index or a time index.
 *
 * The last entries wait in memory until `flush`, which is due when `isTailFull`; older ones are read a page at a time through the
 * shared cache. The file is derived from the log: when it cannot be written, entries stay in memory and nothing else
 * suffers.
 */
export class EntryFile {
  readonly #pool: FilePool
  readonly #entryBytes: number
  #path: string
  #file: PooledFile | undefined
  /** Entries in the file; UNKNOWN until its size was asked for. */
  #written = UNKNOWN
  /** Entries after those in the file. */
  #tail: Uint8Array | undefined
  #tailEntries = 0
  #owner = 0
  #isUnsynced = false
  #hasTornEntry = false
  /** Where `seek` and `add` have put an entry. */
  bytes: Uint8Array = NOTHING
  at = 0

  constructor(pool: FilePool, path: string, entryBytes: number) {
    this.#pool = pool
    this.#path = path
    this.#entryBytes = entryBytes
  }

  get path(): string {
    return this.#path
  }

  /** Whether enough entries wait in memory to be written. */
  get isTailFull(): boolean {
    return this.#tailEntries >= TAIL_ENTRIES
  }

  /** How many entries there are; 0 when the file is missing. */
  get count(): number {
    if (this.#written === UNKNOWN) this.#written = this.#entriesOnDisk()
    return this.#written + this.#tailEntries
  }

  /** Places `bytes` and `at` at entry `index`, which must exist. Throws `DiskError`. */
  seek(index: number): void {
    if (index >= this.#written) {
      this.bytes = this.#tail!
      this.at = (index - this.#written) * this.#entryBytes
      return
    }
    const page = Math.floor(index / ENTRIES_A_PAGE)
    this.at = (index - page * ENTRIES_A_PAGE) * this.#entryBytes
    this.bytes = this.#page(page, this.at + this.#entryBytes)
  }

  /** Adds an entry and places `bytes` and `at` there for the caller to fill in. */
  add(): void {
    if (this.#written === UNKNOWN) this.#written = this.#entriesOnDisk()
    this.#makeRoom()
    this.#tailEntries++
    this.bytes = this.#tail!
    this.at = (this.#tailEntries - 1) * this.#entryBytes
  }

  /** Writes what waits in memory; false when the disk would not take it, which keeps it in memory. */
  flush(): boolean {
    if (this.#tailEntries === 0) return true
    const bytes = this.#tail!.subarray(0, this.#tailEntries * this.#entryBytes)
    try {
      this.#change().write([bytes], this.#written * this.#entryBytes)
    } catch (error) {
      if (error instanceof DiskError) return false
      throw error
    }
    this.#written += this.#tailEntries
    this.#tailEntries = 0
    return true
  }

  /** Drops all entries from number `count` on. Throws `DiskError`. */
  cut(count: number): void {
    if (count >= this.count) return
    if (count >= this.#written) {
      this.#tailEntries = count - this.#written
      return
    }
    this.#change().truncate(count * this.#entryBytes)
    this.#written = count
    this.#tailEntries = 0
    this.#owner = 0
  }

  /** Drops everything, also bytes that are no whole entry. A file that is missing or empty is not touched. */
  reset(): void {
    if (this.count === 0 && !this.#hasTornEntry) return
    this.#change().truncate(0)
    this.#hasTornEntry = false
    this.#written = 0
    this.#tailEntries = 0
    this.#owner = 0
  }

  /** Makes an empty file where there is none: Apache Kafka takes a missing one for damage. */
  makeFile(): void {
    if (this.count > 0 || this.#pool.disk.exists(this.#path)) return
    this.#change()
  }

  /** Drops bytes after the last whole entry, left by an interrupted write. */
  cutTornEntry(): void {
    const whole = this.count * this.#entryBytes
    if (this.#hasTornEntry) this.#change().truncate(whole)
    this.#hasTornEntry = false
  }

  /** Brings the file into the page cache, so that lookups wait for no disk. Rejects with `DiskError`. */
  async readAhead(): Promise<void> {
    if (this.count > this.#tailEntries) await this.#pooled().readAhead(0, this.#written * this.#entryBytes)
  }

  /** Makes the file durable, if it changed. */
  async sync(): Promise<void> {
    if (!this.#isUnsynced) return
    this.#isUnsynced = false
    try {
      await this.#file!.sync()
    } catch (error) {
      this.#isUnsynced = true
      throw error
    }
  }

  /** Writes what waits, closes the file and frees the memory; the next use opens it again. */
  release(): void {
    if (!this.flush()) return
    this.#tail = undefined
    this.bytes = NOTHING
    this.#file?.whenUnused(() => this.#file?.close())
  }

  get isPinned(): boolean {
    return this.#file?.isPinned === true
  }

  whenUnused(action: () => void): void {
    if (this.#file === undefined) action()
    else this.#file.whenUnused(action)
  }

  /** Closes the file without writing anything more, for one that will be removed. */
  abandon(): void {
    this.#tailEntries = 0
    this.#tail = undefined
    this.#file?.close()
    this.#file = undefined
  }

  /** Gives the (flushed) file another name. */
  rename(path: string): void {
    if (this.#file === undefined) this.#pool.disk.rename(this.#path, path)
    else this.#file.rename(this.#pool.disk, path)
    this.#path = path
  }

  #entriesOnDisk(): number {
    try {
      const size = this.#pool.disk.size(this.#path)
      this.#hasTornEntry = size % this.#entryBytes !== 0
      return Math.floor(size / this.#entryBytes)
    } catch (error) {
      if (error instanceof DiskError && error.code === 'NOT_FOUND') return 0
      throw error
    }
  }

  /** The open file, to be changed. */
  #change() {
    this.#isUnsynced = true
    return this.#use(true)
  }

  #use(create: boolean) {
    return this.#pooled().use(create)
  }

  #pooled(): PooledFile {
    this.#file ??= this.#pool.file(this.#path)
    return this.#file
  }

  #makeRoom(): void {
    const needed = (this.#tailEntries + 1) * this.#entryBytes
    if (this.#tail === undefined) this.#tail = new Uint8Array(FIRST_TAIL_ENTRIES * this.#entryBytes)
    if (this.#tail.length >= needed) return
    const larger = new Uint8Array(this.#tail.length * 2)
    larger.set(this.#tail)
    this.#tail = larger
  }

  /** A page with at least `byteCount` bytes: the last one of a growing file is read again when it is too short. */
  #page(page: number, byteCount: number): Uint8Array {
    if (this.#owner === 0) this.#owner = this.#pool.pages.newOwner()
    const known = this.#pool.pages.get(this.#owner, page)
    if (known !== undefined && known.length >= byteCount) return known
    const first = page * ENTRIES_A_PAGE
    const bytes = new Uint8Array(Math.min(ENTRIES_A_PAGE, this.#written - first) * this.#entryBytes)
    const filled = this.#use(false).read(bytes, first * this.#entryBytes)
    if (filled < bytes.length) {
      throw new DiskError(
        'IO',
        this.#path,
        `${this.#path} is shorter than it was: ${filled} of ${bytes.length} bytes`,
      )
    }
    this.#pool.pages.put(this.#owner, page, bytes)
    return bytes
  }
}
