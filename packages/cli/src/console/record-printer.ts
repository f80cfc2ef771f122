import type { ConsumerRecord } from '@samsa/client'
import type { Io } from '../command/command.ts'
import { ByteOutput } from './byte-output.ts'

/** From that many bytes on the output is waited for before more is gathered. */
const PIECE_BYTES = 1 << 16

export interface RecordPrinterOptions<R> {
  readonly io: Io
  /** Writes one record. Throws when it cannot be read. */
  readonly write: (record: R, output: ByteOutput) => void
  /** Told of a record that could not be written. It is skipped, unless this throws. */
  readonly onUnreadable: (record: R, error: Error) => void
  /** Nobody reads the output any more. */
  readonly onClosed: () => void
}

/**
 * Prints records in large pieces: what comes in one turn of the event loop leaves together, and nothing waits longer.
 * Costs no promise per record.
 */
export class RecordPrinter<R = ConsumerRecord> {
  readonly #options: RecordPrinterOptions<R>
  readonly #output = new ByteOutput()
  #scheduled: NodeJS.Immediate | undefined
  isClosed = false
  /** Records taken, those that could not be written included. */
  count = 0

  constructor(options: RecordPrinterOptions<R>) {
    this.#options = options
  }

  /** Prints records; answers how many were taken before the limit. */
  async print(records: readonly R[], countMax: number): Promise<number> {
    const count = Math.min(records.length, countMax)
    for (let at = 0; at < count && !this.isClosed; at++) {
      this.#write(records[at]!)
      if (this.#output.length >= PIECE_BYTES) await this.flush()
    }
    if (this.#output.length > 0) this.#scheduled ??= setImmediate(() => void this.flush())
    return count
  }

  /** Writes what is left, and waits until the output has taken it. */
  async flush(): Promise<void> {
    if (this.#scheduled !== undefined) clearImmediate(this.#scheduled)
    this.#scheduled = undefined
    if (this.#output.length === 0 || this.isClosed) return
    if (await this.#options.io.write(this.#output.take())) return
    this.isClosed = true
    this.#options.onClosed()
  }

  #write(record: R): void {
    this.count++
    const before = this.#output.length
    try {
      this.#options.write(record, this.#output)
    } catch (error) {
      this.#output.truncate(before)
      this.#options.onUnreadable(record, error as Error)
    }
  }
}
