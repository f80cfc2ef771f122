import type { ErrorName } from '@samsa/protocol'

/** An answer that is kept until the records it rests on are safe. */
export interface HeldAnswer {
  give(): void
  fail(error: ErrorName): void
}

interface PendingAppend {
  readonly groupId: string
  readonly held: HeldAnswer[]
  outcome: ErrorName | undefined
}

/**
 * Appends of one coordinator that are not safe yet, in order, and the answers that rest on them. An answer about a group
 * rests on the last append about that group, even when it wrote nothing itself: it may tell what was written.
 */
export class PendingAppends {
  readonly #failed: (error: ErrorName) => void
  #queue: PendingAppend[] = []
  readonly #lastOf = new Map<string, PendingAppend>()

  /** @param failed told once when an append turned out not to be safe; `clear` is then due */
  constructor(failed: (error: ErrorName) => void) {
    this.#failed = failed
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0
  }

  add(groupId: string, safe: Promise<ErrorName> | ErrorName): void {
    if (safe === 'NONE' && this.isEmpty) return
    const append: PendingAppend = { groupId, held: [], outcome: undefined }
    this.#queue.push(append)
    this.#lastOf.set(groupId, append)
    const settle = (outcome: ErrorName) => {
      append.outcome = outcome
      this.#drain()
    }
    // A failure is told later, when the decision that made the append is done.
    if (safe === 'NONE') settle(safe)
    else void Promise.resolve(safe).then(settle)
  }

  /** Gives the answer once all appends about the group are safe; at once when they are. */
  hold(groupId: string, answer: HeldAnswer): void {
    holdOn(this.#lastOf.get(groupId), answer)
  }

  /** Whether an answer about the group must wait. */
  isPending(groupId: string): boolean {
    return this.#lastOf.has(groupId)
  }

  /** Gives the answer once all appends so far are safe. */
  holdForAll(answer: HeldAnswer): void {
    holdOn(this.#queue.at(-1), answer)
  }

  /** Forgets all appends; the answers that wait for them fail. */
  clear(error: ErrorName): void {
    const queue = this.#queue
    this.#queue = []
    this.#lastOf.clear()
    for (const { held } of queue) for (const answer of held) answer.fail(error)
  }

  #drain(): void {
    let count = 0
    while (this.#queue[count]?.outcome === 'NONE') count++
    for (const append of this.#queue.splice(0, count)) {
      if (this.#lastOf.get(append.groupId) === append) this.#lastOf.delete(append.groupId)
      for (const answer of append.held) answer.give()
    }
    const error = this.#queue[0]?.outcome
    if (error !== undefined && error !== 'NONE') this.#failed(error)
  }
}

function holdOn(append: PendingAppend | undefined, answer: HeldAnswer): void {
  if (append === undefined) answer.give()
  else append.held.push(answer)
}
