import { type Journal, NotWrittenError } from '../store/journal.ts'

/** A journal in memory that can be stopped between any two records, as a crash would. */
export class MemoryJournal implements Journal {
  records: Uint8Array[]
  appends = 0
  rewrites = 0
  /** Records still accepted before the journal breaks. */
  recordsLeft = Number.POSITIVE_INFINITY
  /** While set, the journal takes nothing and stays whole. */
  full = false
  /** While set, writes wait for `release`. */
  held = false
  #release: (() => void) | undefined

  constructor(records: Uint8Array[] = []) {
    this.records = records
  }

  get bytes(): number {
    return this.records.reduce((total, record) => total + record.length, 0)
  }

  release(): void {
    this.held = false
    this.#release?.()
  }

  async append(records: readonly Uint8Array[]): Promise<void> {
    this.appends++
    await this.#write(records)
  }

  async rewrite(records: readonly Uint8Array[]): Promise<void> {
    this.rewrites++
    const before = this.records.length
    await this.#write(records)
    this.records = this.records.slice(before)
  }

  replay(): Iterable<Uint8Array> {
    return this.records
  }

  async close(): Promise<void> {}

  async #write(records: readonly Uint8Array[]): Promise<void> {
    if (this.held) {
      await new Promise<void>(resolve => {
        this.#release = resolve
      })
    }
    await Promise.resolve()
    if (this.full) throw new NotWrittenError('the disk is full')
    for (const record of records) {
      if (this.recordsLeft-- <= 0) throw new Error('no space left')
      this.records.push(record)
    }
  }
}
