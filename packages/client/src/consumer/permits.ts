/** A number of permits; who finds none waits for one to be given back. */
export class Permits {
  #free: number
  #waiting: (() => void)[] = []

  constructor(count: number) {
    this.#free = count
  }

  get free(): number {
    return this.#free
  }

  /** Takes one that is free. */
  take(): void {
    this.#free--
  }

  release(): void {
    this.#free++
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }

  /** Resolves after the next `release`. */
  released(): Promise<void> {
    return new Promise(resolve => this.#waiting.push(resolve))
  }
}
