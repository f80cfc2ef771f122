import { type Disk, DiskError, decodeUtf8, encodeUtf8 } from '@samsa/base'
import { formatCheckpoint, parseCheckpoint, readWhole } from './checkpoint-file.ts'

export interface LeaderEpoch {
  readonly epoch: number
  /** Offset of the first record written in this epoch. */
  readonly startOffset: number
}

const FILE_NAME = 'leader-epoch-checkpoint'
const NOTHING_CUT = Number.POSITIVE_INFINITY

/**
 * Which leader epoch began at which offset (KIP-101), read when first asked for. Epochs and start offsets grow
 * strictly.
 *
 * The file is written by `save`, which the log calls before it calls records durable: an entry is never missing for a
 * record that survives.
 */
export class LeaderEpochs {
  readonly #disk: Disk
  readonly #directory: string
  #entries: LeaderEpoch[] | undefined
  /** Entries that begin at or after this offset are dropped when the file is read. */
  #cutFrom = NOTHING_CUT
  #isUnsaved = false

  /** @param exists whether there is a file to read */
  constructor(disk: Disk, directory: string, exists: boolean) {
    this.#disk = disk
    this.#directory = directory
    if (!exists) this.#entries = []
  }

  /** Whether the file says something else. Reads it when what was cut from it is not known. */
  get isUnsaved(): boolean {
    if (this.#cutFrom !== NOTHING_CUT) this.#load()
    return this.#isUnsaved
  }

  get all(): readonly LeaderEpoch[] {
    return this.#load()
  }

  /** The latest epoch, -1 when there is none. */
  get latest(): number {
    return this.#load().at(-1)?.epoch ?? -1
  }

  /** Notes that records from `startOffset` on are of `epoch`. An epoch known already, or an older one, changes nothing. */
  assign(epoch: number, startOffset: number): void {
    const entries = this.#load()
    if (epoch < 0 || epoch <= this.latest) return
    // A record that replaced a truncated one begins its epoch where an unused later epoch was noted.
    while (entries.length > 0 && entries.at(-1)!.startOffset >= startOffset) entries.pop()
    entries.push({ epoch, startOffset })
    this.#isUnsaved = true
  }

  /** The epoch a record at `offset` has, -1 when unknown. */
  epochAt(offset: number): number {
    return this.#load().findLast(entry => entry.startOffset <= offset)?.epoch ?? -1
  }

  /**
   * Where the records of `epoch` end: the largest known epoch up to the one asked for, and the offset after its last
   * record. Both -1 when that is unknown.
   */
  endOffsetFor(epoch: number, endOffset: number): { epoch: number; endOffset: number } {
    if (epoch < 0) return { epoch: -1, endOffset: -1 }
    if (epoch === this.latest) return { epoch, endOffset }
    const next = this.#load().find(entry => entry.epoch > epoch)
    if (next === undefined) return { epoch: -1, endOffset: -1 }
    const found = this.#load().findLast(entry => entry.epoch <= epoch)
    return { epoch: found?.epoch ?? epoch, endOffset: next.startOffset }
  }

  /** Forgets epochs that begin at or after `offset`. */
  cutFrom(offset: number): void {
    if (this.#entries === undefined) this.#cutFrom = Math.min(this.#cutFrom, offset)
    else this.#replace(this.#entries.filter(entry => entry.startOffset < offset))
  }

  /** Forgets epochs that end at or before `offset`; the one `offset` lies in begins there. */
  cutBefore(offset: number): void {
    const entries = this.#load()
    const current = entries.findLastIndex(entry => entry.startOffset <= offset)
    if (current < 0 || (current === 0 && entries[0]!.startOffset === offset)) return
    this.#replace([{ epoch: entries[current]!.epoch, startOffset: offset }, ...entries.slice(current + 1)])
  }

  clear(): void {
    this.#replace([])
  }

  /** Writes the file if something changed; it and its name are durable after the directory's next sync. */
  async save(): Promise<void> {
    if (!this.#isUnsaved) return
    this.#isUnsaved = false
    const temporary = this.#writeTemporary()
    const file = this.#disk.open(temporary)
    try {
      await file.sync()
    } finally {
      file.close()
    }
    // Another change may have been written and put in place meanwhile.
    if (this.#disk.exists(temporary)) this.#disk.rename(temporary, this.#path)
  }

  get #path(): string {
    return `${this.#directory}/${FILE_NAME}`
  }

  #writeTemporary(): string {
    const temporary = `${this.#path}.tmp`
    const lines = this.#load().map(entry => `${entry.epoch} ${entry.startOffset}`)
    const bytes = encodeUtf8(formatCheckpoint(lines))
    const file = this.#disk.open(temporary, { create: true })
    try {
      file.write([bytes], 0)
      file.truncate(bytes.length)
    } finally {
      file.close()
    }
    return temporary
  }

  #replace(entries: LeaderEpoch[]): void {
    if (entries.length === this.#load().length && entries.every((entry, i) => entry === this.#entries![i]))
      return
    this.#entries = entries
    this.#isUnsaved = true
  }

  #load(): LeaderEpoch[] {
    if (this.#entries === undefined) {
      this.#entries = this.#read()
      this.cutFrom(this.#cutFrom)
      this.#cutFrom = NOTHING_CUT
    }
    return this.#entries
  }

  #read(): LeaderEpoch[] {
    const entries: LeaderEpoch[] = []
    try {
      for (const line of parseCheckpoint(decodeUtf8(readWhole(this.#disk, this.#path)), this.#path)) {
        const [epoch, startOffset] = line.split(' ').map(Number)
        const last = entries.at(-1)
        if (last !== undefined && (epoch! <= last.epoch || startOffset! <= last.startOffset)) continue
        entries.push({ epoch: epoch!, startOffset: startOffset! })
      }
    } catch (error) {
      // A damaged file counts as missing: leaders and followers then compare their logs from the first known epoch on.
      if (!(error instanceof DiskError) || (error.code !== 'NOT_FOUND' && error.code !== 'OTHER')) throw error
    }
    return entries
  }
}
