/** What a number was measured on: `{ 'node-id': '1' }`. */
export type MetricTags = Readonly<Record<string, string>>

/**
 * Where a client's measurements and traces go, beside its own table of metrics. Made so that OpenTelemetry's API fits
 * behind it in a few lines, without the client depending on it. Every method may be left out; one that throws is told
 * to the log and does the client's work no harm.
 *
 * ```ts
 * const telemetry: Telemetry = {
 *   sending({ topic }) {
 *     const span = tracer.startSpan(`send ${topic ?? 'records'}`, { kind: SpanKind.PRODUCER })
 *     const headers: Record<string, string> = {}
 *     propagation.inject(trace.setSpan(context.active(), span), headers)
 *     return { headers, end: error => endSpan(span, error) }
 *   },
 *   handling({ topic, carriers }) {
 *     const parent = propagation.extract(context.active(), carriers()[0])
 *     const span = tracer.startSpan(`process ${topic}`, { kind: SpanKind.CONSUMER }, parent)
 *     return { run: work => context.with(trace.setSpan(parent, span), work), end: error => endSpan(span, error) }
 *   },
 * }
 * ```
 */
export interface Telemetry {
  /** A request was answered, or failed. Called once for each request, never for each record. */
  request?(request: RequestMeasurement): void
  /** A record is to be sent, or a bulk of them: begins a span, if it is to be traced. */
  sending?(sending: Sending): SendSpan | undefined
  /** A handler of `run` is about to be called: begins a span, if it is to be traced. */
  handling?(handling: Handling): HandlerSpan | undefined
}

export interface RequestMeasurement {
  readonly api: string
  readonly version: number
  readonly nodeId: number
  /** From writing the request to its answer. */
  readonly durationMs: number
  readonly requestBytes: number
  readonly responseBytes: number
  /** Why no answer came. */
  readonly error?: string
}

/** Headers that carry a trace from one process to the next, by name: `traceparent`, `tracestate`, `baggage`. */
export type TraceHeaders = Readonly<Record<string, string>>

/** What is about to be sent. */
export interface Sending {
  readonly kind: 'record' | 'bulk'
  /** Undefined for a bulk, whose records may belong to several. */
  readonly topic: string | undefined
}

/** A span around sending: from the call to the broker's answer. */
export interface SendSpan {
  /** Go along with every record, in place of headers of the same names. */
  readonly headers?: TraceHeaders
  /** All is stored, or failed with `error`. */
  end(error?: unknown): void
}

/** What a handler is about to be given. */
export interface Handling {
  readonly kind: 'record' | 'batch'
  readonly groupId: string | undefined
  readonly topic: string
  readonly partition: number
  /** The offset of the first record. */
  readonly offset: number
  readonly count: number
  /** How often the handler was given it before in this run, and failed. */
  readonly failures: number
  /** For each record the headers that are texts, among them those of its trace. */
  readonly carriers: () => TraceHeaders[]
}

/** A span around one call of a handler. */
export interface HandlerSpan {
  /** Calls `work` once, with the span as the active one, and gives what it gives. */
  run<T>(work: () => T): T
  /** The handler is done, or failed with `error`. */
  end(error?: unknown): void
}
