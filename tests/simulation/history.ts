import { Ledger, type LedgerOptions } from './ledger.ts'
import { Violation } from './violation.ts'

/** What a run did and was told, over all topics. */
export class History {
  readonly ledgers: Ledger[] = []
  /** Events worth reading after a failure, with their simulated time. */
  readonly notes: string[] = []
  readonly #nowMs: () => number
  readonly #producerIds = new Set<number>()
  readonly figures = {
    requests: 0,
    answers: 0,
    lives: 0,
    powerCuts: 0,
    kills: 0,
    stops: 0,
    topics: 0,
    commits: 0,
    compacted: 0,
    expired: 0,
    sessions: 0,
    incrementalFetches: 0,
    sessionsLost: 0,
    generations: 0,
    validations: 0,
    divergences: 0,
    memberCommits: 0,
    refusedCommits: 0,
    fencedMembers: 0,
  }

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  note(text: string): void {
    this.notes.push(`${this.#nowMs().toFixed(3).padStart(10)}  ${text}`)
  }

  /** @param optionsOf what else is known of each partition */
  addTopic(
    topic: string,
    partitions: number,
    isCached: boolean,
    optionsOf: () => LedgerOptions = () => ({}),
  ): Ledger[] {
    const added = Array.from({ length: partitions }, (_, i) => new Ledger(topic, i, isCached, optionsOf()))
    this.ledgers.push(...added)
    return added
  }

  /** A topic is about to be deleted: nothing is promised about it any more. */
  removeTopic(ledgers: readonly Ledger[]): void {
    for (const ledger of ledgers) this.ledgers.splice(this.ledgers.indexOf(ledger), 1)
  }

  powerCut(): void {
    this.figures.powerCuts++
    for (const ledger of this.ledgers) ledger.powerCut()
  }

  stoppedInOrder(): void {
    for (const ledger of this.ledgers) ledger.stoppedInOrder()
  }

  gaveProducerId(producerId: number): void {
    if (this.#producerIds.has(producerId)) throw new Violation('producerIdsOnce', `${producerId}`)
    this.#producerIds.add(producerId)
  }
}
