import type { Logger } from '@samsa/base'
import type { ProducerRecord } from '../records/index.ts'
import { guarded } from './guarded.ts'
import type { SendSpan, Sending, Telemetry } from './telemetry.ts'
import { withTraceHeaders } from './trace-headers.ts'

type Records<K, V> = Iterable<ProducerRecord<K, V>> | AsyncIterable<ProducerRecord<K, V>>

/** Spans around what a producer sends, where somebody wants them. */
export class TracedSends {
  readonly #begin: (sending: Sending) => SendSpan | undefined
  readonly #logger: Logger

  /** Undefined when nobody wants spans: records are sent without a detour then. */
  static of(telemetry: Telemetry | undefined, logger: Logger): TracedSends | undefined {
    return telemetry?.sending === undefined ? undefined : new TracedSends(telemetry, logger)
  }

  private constructor(telemetry: Telemetry, logger: Logger) {
    this.#begin = sending => telemetry.sending?.(sending)
    this.#logger = logger
  }

  record<K, V, T>(
    record: ProducerRecord<K, V>,
    send: (record: ProducerRecord<K, V>) => Promise<T>,
  ): Promise<T> {
    const span = this.#span({ kind: 'record', topic: record.topic })
    return span === undefined ? send(record) : this.#ended(span, send(traced(record, span)))
  }

  bulk<K, V, T>(records: Records<K, V>, send: (records: Records<K, V>) => Promise<T>): Promise<T> {
    const span = this.#span({ kind: 'bulk', topic: undefined })
    if (span === undefined) return send(records)
    return this.#ended(span, send(Symbol.iterator in records ? each(records, span) : eachSoon(records, span)))
  }

  #span(sending: Sending): SendSpan | undefined {
    return guarded(this.#logger, () => this.#begin(sending))
  }

  #ended<T>(span: SendSpan, sent: Promise<T>): Promise<T> {
    const end = (error?: unknown) => guarded(this.#logger, () => span.end(error))
    return sent.then(
      result => {
        end()
        return result
      },
      error => {
        end(error)
        throw error
      },
    )
  }
}

function traced<K, V>(record: ProducerRecord<K, V>, { headers }: SendSpan): ProducerRecord<K, V> {
  return headers === undefined ? record : { ...record, headers: withTraceHeaders(record.headers, headers) }
}

function* each<K, V>(records: Iterable<ProducerRecord<K, V>>, span: SendSpan) {
  for (const record of records) yield traced(record, span)
}

async function* eachSoon<K, V>(records: AsyncIterable<ProducerRecord<K, V>>, span: SendSpan) {
  for await (const record of records) yield traced(record, span)
}
