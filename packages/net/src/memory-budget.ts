/** A frame being received that needs memory. */
export interface BudgetOwner {
  /** The memory it waited for is taken on its behalf; it goes on. May call the budget. */
  granted(): void
}

/**
 * How much memory frames may hold, over all connections that share it.
 *
 * A frame that finds the budget exhausted waits, and its connection is not read. Waiting frames hold memory, so all of
 * them waiting for each other would be a deadlock: therefore one of them, the one that has waited longest, may always
 * go beyond the limit until it is finished. The excess is at most one frame, plus the few kilobytes each connection
 * had received before it was stopped.
 */
export class MemoryBudget {
  limitBytes: number
  #usedBytes = 0
  #waiting = new Map<BudgetOwner, number>()
  #privileged: BudgetOwner | undefined

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  get waitingCount(): number {
    return this.#waiting.size
  }

  /** The frame allowed to go beyond the limit, while there is one. */
  get privileged(): BudgetOwner | undefined {
    return this.#privileged
  }

  /** Takes memory if there is some, and nobody waits for it already. */
  tryTake(owner: BudgetOwner, bytes: number): boolean {
    const mayTake = owner === this.#privileged || (this.#waiting.size === 0 && this.#fits(bytes))
    if (mayTake) this.#usedBytes += bytes
    return mayTake
  }

  /** Takes memory for bytes that are here already. */
  takeAnyway(bytes: number): void {
    this.#usedBytes += bytes
  }

  /** Calls `owner.granted()`, at once or later, when the memory was taken. */
  wait(owner: BudgetOwner, bytes: number): void {
    this.#waiting.set(owner, bytes)
    this.#grant()
  }

  release(bytes: number): void {
    this.#usedBytes -= bytes
    if (this.#waiting.size > 0) this.#grant()
  }

  /** The frame is received, or its connection is gone: it waits no more and has no privilege. */
  finished(owner: BudgetOwner): void {
    if (this.#privileged === undefined && this.#waiting.size === 0) return
    this.#waiting.delete(owner)
    if (this.#privileged === owner) this.#privileged = undefined
    this.#grant()
  }

  #grant(): void {
    for (const [owner, bytes] of this.#waiting) {
      if (!this.#fits(bytes) && owner !== this.#privileged) {
        if (this.#privileged !== undefined) return
        this.#privileged = owner
      }
      this.#waiting.delete(owner)
      this.#usedBytes += bytes
      owner.granted()
    }
  }

  #fits(bytes: number): boolean {
    return this.#usedBytes + bytes <= this.limitBytes
  }
}
