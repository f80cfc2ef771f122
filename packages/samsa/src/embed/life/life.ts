/** One run of an embedded broker. What it opened ends with it, as the system sees to when a process is killed. */
export class Life {
  #isOver = false
  readonly #openings = new Set<() => void>()

  get isOver(): boolean {
    return this.#isOver
  }

  /** Has `close` called at the end; the returned function takes that back. */
  holds(close: () => void): () => void {
    this.#openings.add(close)
    return () => this.#openings.delete(close)
  }

  /** Ends it as `kill -9` does: at once, and without anything being finished. */
  end(): void {
    this.#isOver = true
    for (const close of [...this.#openings]) close()
    this.#openings.clear()
  }
}
