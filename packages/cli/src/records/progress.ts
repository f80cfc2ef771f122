import type { Io } from '../command/command.ts'

const EVERY_MS = 250

/** Says at a terminal, on the standard error output, how far something has come. */
export class Progress implements Disposable {
  readonly #io: Io
  readonly #count: () => number
  readonly #startMs = Date.now()
  readonly #timer: NodeJS.Timeout | undefined
  #isShown = false

  /** @param isWanted false where something else is shown at the terminal */
  constructor(io: Io, count: () => number, isWanted = true) {
    this.#io = io
    this.#count = count
    if (io.isTerminal && isWanted) this.#timer = setInterval(() => this.#show(), EVERY_MS)
  }

  /** '12 345 records in 1.2 s'. */
  summary(): string {
    const count = this.#count()
    const seconds = (Date.now() - this.#startMs) / 1000
    return `${count} record${count === 1 ? '' : 's'} in ${seconds.toFixed(1)} s`
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    if (this.#isShown) this.#io.printError('\r\x1b[K')
  }

  #show(): void {
    this.#isShown = true
    this.#io.printError(`\r\x1b[K${this.summary()}`)
  }
}
