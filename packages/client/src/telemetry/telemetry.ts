/** What a number was measured on: `{ 'node-id': '1' }`. */
export type MetricTags = Readonly<Record<string, string>>

/**
 * Where a client's measurements go, beside its own table: made for OpenTelemetry's API, which fits behind it without
 * the client depending on it. Every method may be left out.
 */
export interface Telemetry {
  /** A request was answered, or failed. Called once for each request, never for each record. */
  request?(request: RequestMeasurement): void
  /** Begins a span around a longer piece of work ('producer.send', 'consumer.handler'); the returned function ends it. */
  span?(name: string, attributes: Readonly<Record<string, string | number>>): (error?: unknown) => void
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
