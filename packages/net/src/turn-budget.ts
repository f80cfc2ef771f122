import type { Clock } from '@samsa/base'

/** What connections that used their turns up may take together in the next one, and all of them before others wait. */
const TURN_MS = 5

interface Waiting {
  readonly expectedMs: number
  readonly goOn: () => void
}

/**
 * Shares the turns of the event loop among connections. Of those that use theirs up only as many go on in each turn as
 * take a few milliseconds together, the longest waiting first. All others are served in every turn, unless so many ask
 * at once that they take longer together: then the rest of them begins with the next turn.
 */
export class TurnBudget {
  readonly #clock: Clock
  readonly #waiting: Waiting[] = []
  #usedMs = 0
  #servedMs = 0
  #isScheduled = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Calls `goOn` when it is the connection's turn: at once while there is time left in this one.
   *
   * @param expectedMs how long its next turn will take, judged by its last
   */
  goOn(expectedMs: number, goOn: () => void): void {
    this.#schedule()
    if (this.#waiting.length > 0 || this.#usedMs >= TURN_MS) this.#waiting.push({ expectedMs, goOn })
    else this.#give({ expectedMs, goOn })
  }

  /** Notes that a connection was served for so long. */
  served(ms: number): void {
    this.#schedule()
    this.#servedMs += ms
  }

  /** Whether the connections, all together, were served for long enough in this turn. */
  get isOver(): boolean {
    return this.#servedMs >= TURN_MS
  }

  #give({ expectedMs, goOn }: Waiting): void {
    this.#usedMs += expectedMs
    goOn()
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#clock.defer(this.#beginTurn)
  }

  readonly #beginTurn = (): void => {
    this.#isScheduled = false
    this.#usedMs = 0
    this.#servedMs = 0
    if (this.#waiting.length > 0) this.#schedule()
    while (this.#usedMs < TURN_MS && this.#waiting.length > 0) this.#give(this.#waiting.shift() as Waiting)
  }
}
