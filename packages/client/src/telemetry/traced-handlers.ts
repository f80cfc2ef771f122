import type { Logger } from '@samsa/base'
import type { RecordHeader } from '../records/header.ts'
import { guarded } from './guarded.ts'
import type { HandlerSpan, Handling, Telemetry } from './telemetry.ts'
import { traceHeadersOf } from './trace-headers.ts'

interface Handled {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly headers: readonly RecordHeader[]
}

/** Spans around the handlers of a consumer, where somebody wants them. */
export class TracedHandlers {
  readonly #begin: (handling: Handling) => HandlerSpan | undefined
  readonly #groupId: string | undefined
  readonly #logger: Logger

  /** Undefined when nobody wants spans: handlers are called without a detour then. */
  static of(
    telemetry: Telemetry | undefined,
    groupId: string | null,
    logger: Logger,
  ): TracedHandlers | undefined {
    return telemetry?.handling === undefined ? undefined : new TracedHandlers(telemetry, groupId, logger)
  }

  private constructor(telemetry: Telemetry, groupId: string | null, logger: Logger) {
    this.#begin = handling => telemetry.handling?.(handling)
    this.#groupId = groupId ?? undefined
    this.#logger = logger
  }

  /** Calls a handler in a span of its own; gives or throws what the handler does. */
  call(kind: Handling['kind'], records: readonly Handled[], failures: number, work: () => unknown): unknown {
    const span = guarded(this.#logger, () => this.#begin(this.#handling(kind, records, failures)))
    if (span === undefined) return work()
    const end = (error?: unknown) => void guarded(this.#logger, () => span.end(error))
    let result: unknown
    try {
      result = span.run(work)
    } catch (error) {
      end(error)
      throw error
    }
    if (typeof (result as PromiseLike<unknown> | undefined | null)?.then !== 'function') {
      end()
      return result
    }
    return (result as PromiseLike<unknown>).then(
      value => {
        end()
        return value
      },
      error => {
        end(error)
        throw error
      },
    )
  }

  #handling(kind: Handling['kind'], records: readonly Handled[], failures: number): Handling {
    const { topic, partition, offset } = records[0]!
    const carriers = () => records.map(({ headers }) => traceHeadersOf(headers))
    const groupId = this.#groupId
    return { kind, groupId, topic, partition, offset, count: records.length, failures, carriers }
  }
}
