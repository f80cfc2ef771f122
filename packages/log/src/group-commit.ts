/**
 * Runs one commit at a time, shared by all who ask: a caller during a running one gets the next, which begins after
 * its request and so covers what it did before.
 */
export class GroupCommit {
  readonly #commit: () => Promise<void>
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined

  constructor(commit: () => Promise<void>) {
    this.#commit = commit
  }

  get isRunning(): boolean {
    return this.#running !== undefined
  }

  /** Resolves when everything done before the call is committed; rejects when that failed. */
  request(): Promise<void> {
    // The next one first: it may be about to start although the running one is over, and there must not be two.
    if (this.#next !== undefined) return this.#next
    if (this.#running === undefined) return this.#start()
    const startNext = () => {
      this.#next = undefined
      return this.#start()
    }
    this.#next = this.#running.then(startNext, startNext)
    return this.#next
  }

  /** Resolves when nothing is running, whatever came of it. */
  async settled(): Promise<void> {
    while (this.#running !== undefined || this.#next !== undefined) {
      try {
        await (this.#next ?? this.#running)
      } catch {}
    }
  }

  #start(): Promise<void> {
    const run = this.#commit().finally(() => {
      if (this.#running === run) this.#running = undefined
    })
    this.#running = run
    return run
  }
}
