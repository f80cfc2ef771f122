import type { History } from './history.ts'
import { Violation } from './violation.ts'

/** One request to commit an offset. Times count what happened; nothing else happens at the same time. */
export interface CommitAttempt {
  readonly offset: number
  readonly sentAt: number
  /** When it was answered, or at the latest came to effect if it did. */
  endedAt: number
  isAccepted: boolean
  /** The process that may still serve it; none once it was answered. */
  life: number
}

/** What is known of a group's committed offset for one partition, while several commit at once. */
export class CommittedOffsets {
  readonly #name: string
  readonly #history: History
  /** Those that may be the present one; refused ones never are. */
  #attempts: CommitAttempt[] = [{ offset: -1, sentAt: -1, endedAt: -1, isAccepted: true, life: -1 }]
  #time = 0

  constructor(name: string, history: History) {
    this.#name = name
    this.#history = history
  }

  /** Now, for `check`. */
  get time(): number {
    return this.#time++
  }

  attempt(offset: number): CommitAttempt {
    const attempt = {
      offset,
      sentAt: this.time,
      endedAt: Number.POSITIVE_INFINITY,
      isAccepted: false,
      life: Number.POSITIVE_INFINITY,
    }
    this.#attempts.push(attempt)
    return attempt
  }

  accepted(attempt: CommitAttempt): void {
    attempt.isAccepted = true
    attempt.endedAt = this.time
  }

  refused(attempt: CommitAttempt): void {
    this.#attempts = this.#attempts.filter(other => other !== attempt)
  }

  /** No one knows: it may come to effect as long as the process lives. */
  unanswered(attempt: CommitAttempt): void {
    attempt.life = this.#history.figures.lives
  }

  /** @param askedAt `time` when it was asked for */
  check(offset: number, askedAt: number): void {
    this.#endLives()
    const accepted = this.#attempts.filter(({ isAccepted, endedAt }) => isAccepted && endedAt < askedAt)
    const isReplaced = ({ endedAt }: CommitAttempt) => accepted.some(other => other.sentAt > endedAt)
    const possible = this.#attempts.filter(attempt => !isReplaced(attempt))
    if (!possible.some(attempt => attempt.offset === offset)) {
      const shown = possible.map(attempt => attempt.offset)
      throw new Violation('offsetsKept', `${this.#name}: there is ${offset}, and possible is ${shown}`)
    }
    this.#attempts = possible
  }

  #endLives(): void {
    for (const attempt of this.#attempts) {
      const isOver =
        attempt.endedAt === Number.POSITIVE_INFINITY && attempt.life < this.#history.figures.lives
      if (isOver) attempt.endedAt = this.time
    }
  }
}
