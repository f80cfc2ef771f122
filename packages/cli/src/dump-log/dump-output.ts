import type { Io } from '../command/command.ts'

const FLUSH_LENGTH = 1 << 16

/** What a dump prints, written in large pieces and no faster than it is taken. */
export class DumpOutput {
  readonly #io: Io
  #text = ''
  /** The reader has gone away: nothing more need be written. */
  isClosed = false

  constructor(io: Io) {
    this.#io = io
  }

  line(text: string): void {
    this.#text += `${text}\n`
  }

  /** Writes what has gathered, when that is much. */
  async settle(): Promise<void> {
    if (this.#text.length >= FLUSH_LENGTH) await this.flush()
  }

  async flush(): Promise<void> {
    const text = this.#text
    this.#text = ''
    if (text !== '' && !this.isClosed) this.isClosed = !(await this.#io.write(text))
  }
}
