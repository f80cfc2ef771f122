import type { Cluster } from '../cluster/index.ts'
import { KafkaError } from '../errors.ts'
import type { TopicPartition } from '../records/consumer-record.ts'
import type { Assignment } from './assignment.ts'
import type { Committer } from './committer.ts'
import type { ConsumerConfig } from './consumer-config.ts'
import type { Fetcher } from './fetching/fetcher.ts'
import type { Handout } from './handout.ts'
import type { RebalanceListener } from './listener.ts'
import { type PartitionState, nameOf } from './partition-state.ts'
import { RebalanceTimes } from './rebalance-times.ts'

/** How long a rebalance waits for a commit. */
const COMMIT_MS = 10_000

/** What changes hands, and who has to know. */
export interface HandoverParts {
  readonly cluster: Cluster
  readonly config: ConsumerConfig
  readonly assignment: Assignment
  readonly handout: Handout
  readonly fetcher: Fetcher
  readonly committer: Committer
}

/** What a handover asks of its consumer. */
export interface HandoverHost {
  listener(): RebalanceListener
  isClosing(): boolean
  /** Whether a loop of the application takes the records. */
  isIterating(): boolean
  fail(error: unknown): void
}

/**
 * Partitions come and go: nothing of a partition that goes is in the application's hands when somebody else gets it,
 * as far as time allows, and what is finished is committed.
 */
export class Handover {
  rebalances = 0
  readonly times: RebalanceTimes
  readonly #parts: HandoverParts
  readonly #host: HandoverHost
  readonly #idleWaiting = new Set<() => void>()
  /** Given up while the application still worked on them: nobody else's order may suffer from that. */
  readonly #strays = new Set<PartitionState>()
  /** Given up, or on the way there, and the listener knows. */
  readonly #toldGone = new WeakSet<PartitionState>()
  readonly #samples = new Map<PartitionState, { offset: number; sinceMs: number }>()

  constructor(parts: HandoverParts, host: HandoverHost) {
    this.#parts = parts
    this.#host = host
    this.times = new RebalanceTimes(parts.cluster.clock, {
      samples: parts.config['metrics.num.samples'],
      windowMs: parts.config['metrics.sample.window.ms'],
    })
  }

  /** The application finished something: whoever waits for that looks again. */
  workFinished(): void {
    if (this.#idleWaiting.size > 0) for (const done of [...this.#idleWaiting]) done()
  }

  /** The application works on something else of the partition from now on. */
  moved(state: PartitionState): void {
    this.#samples.delete(state)
  }

  /** Those of some partitions that are assigned now. */
  statesOf(partitions: readonly TopicPartition[]): PartitionState[] {
    return partitions.map(one => this.#parts.assignment.get(one)).filter(state => state !== undefined)
  }

  /** The group gave partitions: nothing of them is handed out before the listener had its say. */
  async take(partitions: readonly TopicPartition[]): Promise<void> {
    this.rebalances++
    const states = partitions.map(one => this.#parts.assignment.add(one))
    // Nothing is handed out before the listener had its say.
    for (const state of states) state.isRevoking = true
    await this.#tell('onAssigned', partitions)
    for (const state of states) state.isRevoking = false
    this.#parts.fetcher.poke()
    this.#parts.handout.wake()
  }

  /** The group takes partitions back: what the application has of them is finished and committed first, in time. */
  async revoke(states: readonly PartitionState[], withinMs: number, deadlineMs?: number): Promise<void> {
    for (const state of states) state.isRevoking = true
    await this.finishUp(states, withinMs, deadlineMs)
    const isLate = states.some(state => state.active > 0) && !this.#host.isClosing()
    await this.#tellGone(isLate ? 'onLost' : 'onRevoked', states)
    for (const state of states) this.remove(state)
  }

  /** Waits for the application to finish what it has, and commits. */
  async finishUp(states: readonly PartitionState[], withinMs: number, deadlineMs?: number): Promise<void> {
    this.#parts.handout.wake()
    await this.#untilIdle(states, withinMs)
    if (!this.#parts.committer.isAutomatic) return
    const commitBy = deadlineMs ?? this.#parts.cluster.deadlineIn(Math.min(withinMs, COMMIT_MS))
    await this.#parts.committer.commitFinished(states, commitBy)
  }

  /** Partitions belong to others already. */
  async lose(states: readonly PartitionState[]): Promise<void> {
    for (const state of states) state.isRevoking = true
    this.#parts.cluster.logger.info('partitions were lost to other members', {
      partitions: states.map(nameOf),
    })
    await this.#tellGone('onLost', states)
    // Should they come back, nobody works on them still.
    await this.#untilIdle(states, this.#parts.config['max.poll.interval.ms'])
    for (const state of states) this.remove(state)
  }

  /** Nothing more of a partition is handed out. */
  remove(state: PartitionState): void {
    this.#parts.assignment.remove(state)
    this.#samples.delete(state)
    if (state.active > 0) this.#strays.add(state)
    this.#parts.handout.wake()
  }

  /** Waits until handlers are done with partitions; a loop is done when it asks for the next record. */
  async #untilIdle(states: readonly PartitionState[], withinMs: number): Promise<void> {
    const { clock } = this.#parts.cluster
    const untilMs = clock.monotonicMs() + withinMs
    while (states.some(state => state.active > 0)) {
      // A loop may be what closes the consumer: what it has in hand stays unfinished.
      if (this.#host.isClosing() && this.#host.isIterating()) return
      const leftMs = untilMs - clock.monotonicMs()
      if (leftMs <= 0) return
      await new Promise<void>(resolve => {
        const timer = clock.timer(leftMs, done)
        const waiting = this.#idleWaiting
        function done() {
          timer.cancel()
          waiting.delete(done)
          resolve()
        }
        waiting.add(done)
      })
    }
  }

  /** Tells the listener once of each partition: closing may meet a rebalance that gives the same ones up. */
  async #tellGone(what: 'onRevoked' | 'onLost', states: readonly PartitionState[]): Promise<void> {
    const untold = states.filter(state => !this.#toldGone.has(state))
    for (const state of untold) this.#toldGone.add(state)
    if (untold.length > 0) await this.#tell(what, untold.map(plain))
  }

  async #tell(what: keyof RebalanceListener, partitions: readonly TopicPartition[]): Promise<void> {
    const listener = this.#host.listener()
    try {
      if (what === 'onLost' && listener.onLost === undefined) await listener.onRevoked?.(partitions)
      else await listener[what]?.(partitions)
    } catch (error) {
      this.#parts.cluster.logger.error(`the listener's ${what} failed`, { error: String(error) })
      this.#host.fail(
        new KafkaError('HANDLER', `The listener's ${what} failed: ${String(error)}`, { cause: error }),
      )
    }
  }

  /** How long the application has had the same record in its hands: looked at by heartbeats, costs records nothing. */
  busyForMs(): number {
    for (const state of this.#strays) if (state.active === 0) this.#strays.delete(state)
    if (this.#strays.size > 0) return Number.POSITIVE_INFINITY
    const now = this.#parts.cluster.clock.monotonicMs()
    let longest = 0
    for (const state of this.#parts.assignment) {
      const offset = state.inHandFrom
      if (offset === undefined || state.heldUntilMs > now) {
        this.#samples.delete(state)
        continue
      }
      const sample = this.#samples.get(state)
      if (sample?.offset === offset) longest = Math.max(longest, now - sample.sinceMs)
      else this.#samples.set(state, { offset, sinceMs: now })
    }
    return longest
  }
}

function plain({ topic, partition }: TopicPartition): TopicPartition {
  return { topic, partition }
}
