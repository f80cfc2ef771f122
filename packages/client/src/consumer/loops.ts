import type { Cluster } from '../cluster/index.ts'
import { KafkaError, asKafkaError } from '../errors.ts'
import { TracedHandlers } from '../telemetry/traced-handlers.ts'
import type { ConsumerConfig } from './consumer-config.ts'
import type { Handout } from './handout.ts'
import type { LoopHost } from './iteration.ts'
import type { RunHost } from './run.ts'

/** What loops need of their consumer. */
export interface LoopsParts {
  readonly cluster: Cluster
  readonly config: ConsumerConfig
  readonly handout: Handout
  isClosing(): boolean
  /** The application finished something, or its loop ended. */
  workFinished(): void
}

/** The one loop or run of the application that takes records, and what it has to be told. */
export class Loops {
  /** Whether records are being taken, and how. */
  kind: 'none' | 'iterating' | 'running' = 'none'
  readonly #parts: LoopsParts
  #failure: KafkaError | undefined
  #wakeup: KafkaError | undefined

  constructor(parts: LoopsParts) {
    this.#parts = parts
  }

  /** Throws INVALID_ARGUMENT while there is another one. */
  begin(kind: 'iterating' | 'running'): void {
    if (this.kind !== 'none') {
      const message = 'This consumer hands records out already: one loop or run at a time.'
      throw new KafkaError('INVALID_ARGUMENT', message)
    }
    this.kind = kind
  }

  /** Whoever takes records is told, once. */
  fail(error: unknown): void {
    this.#failure = asKafkaError(error)
    this.#parts.handout.wake()
  }

  /** Ends the wait for records. */
  wakeup(): void {
    this.#wakeup = new KafkaError('ABORTED', 'wakeup was called')
    this.#parts.handout.wake()
  }

  /** Whether loops end; throws what has to be told. */
  isOver(): boolean {
    const failure = this.#failure
    if (failure !== undefined) {
      this.#failure = undefined
      throw failure
    }
    const wakeup = this.#wakeup
    if (wakeup !== undefined) {
      this.#wakeup = undefined
      throw wakeup
    }
    return this.#parts.isClosing()
  }

  host(): LoopHost {
    const { handout, config, workFinished } = this.#parts
    return {
      handout,
      maxPollRecords: config['max.poll.records'],
      isOver: () => this.isOver(),
      finished: () => workFinished(),
      ended: () => {
        this.kind = 'none'
        workFinished()
      },
    }
  }

  runHost(): RunHost {
    const { cluster } = this.#parts
    const { clock, random, config, outside, logger } = cluster
    return {
      ...this.host(),
      clock,
      random,
      backOff: { initialMs: config['retry.backoff.ms'], maxMs: config['retry.backoff.max.ms'] },
      traces: TracedHandlers.of(outside.telemetry, this.#parts.config['group.id'], logger),
      delay: (ms, signal) => cluster.delay(ms, signal),
    }
  }
}
