import { type Clock, type Logger, type Random, ZERO_UUID } from '@samsa/base'
import {
  type Api,
  type CompleteResponseOf,
  GetTelemetrySubscriptions,
  PushTelemetry,
  type RequestDraftOf,
  compress,
  compressionOfId,
} from '@samsa/protocol'
import { asKafkaError } from '../errors.ts'
import type { Metric, Metrics } from './metrics.ts'
import { type DataPoint, encodeMetricsData } from './otlp.ts'

export interface MetricsPushOptions {
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly metrics: Metrics
  /** What the client is beside its id: group, transactional id, rack. */
  labels(): Readonly<Record<string, string>>
  ask<A extends Api>(api: A, request: RequestDraftOf<A>): Promise<CompleteResponseOf<A>>
  /** Rejects when the client closes. */
  delay(ms: number): Promise<void>
}

type Subscription = CompleteResponseOf<typeof GetTelemetrySubscriptions>
type Outcome = 'go on' | 'subscribe again' | 'stop'

const FIRST_PAUSE_MS = 1000

/** When the broker cannot be asked for its wishes. */
const PAUSE_MS = 300_000

/**
 * Sends the client's metrics to brokers that ask for them (KIP-714): which ones and how often, the broker says. Whatever
 * goes wrong is told to the log at most; the client's work goes on.
 */
export class MetricsPush {
  readonly #options: MetricsPushOptions
  readonly #startMs: number
  readonly #pushed = new Map<string, number>()
  #subscription: Subscription | undefined
  #instanceId = ZERO_UUID
  #pushedAtMs: number
  #isStarted = false

  constructor(options: MetricsPushOptions) {
    this.#options = options
    this.#startMs = options.clock.now()
    this.#pushedAtMs = this.#startMs
  }

  /** The id the broker gave this client; undefined before it did. */
  get clientInstanceId(): string | undefined {
    return this.#instanceId === ZERO_UUID ? undefined : this.#instanceId
  }

  /** Begins, the first time it is called. */
  start(): void {
    if (this.#isStarted) return
    this.#isStarted = true
    this.#run().catch(error => {
      this.#options.logger.debug('metrics are pushed no more', { reason: asKafkaError(error).message })
    })
  }

  /** Pushes a last time before the client closes, if a broker wants metrics at all. */
  async terminate(): Promise<void> {
    if (this.#subscription === undefined || this.#subscription.requestedMetrics.length === 0) return
    await this.#push(this.#subscription, true)
  }

  async #run(): Promise<void> {
    // What the client is there for comes first, and what ends soon has no metrics worth a question.
    await this.#options.delay(FIRST_PAUSE_MS)
    for (;;) {
      const subscription = await this.#subscribe()
      if (subscription === 'stop') return
      if (subscription === undefined) {
        await this.#options.delay(PAUSE_MS)
        continue
      }
      this.#subscription = subscription
      if (subscription.requestedMetrics.length === 0) await this.#options.delay(subscription.pushIntervalMs)
      else if ((await this.#pushWhileWanted(subscription)) === 'stop') return
    }
  }

  async #subscribe(): Promise<Subscription | 'stop' | undefined> {
    try {
      const answer = await this.#options.ask(GetTelemetrySubscriptions, {
        clientInstanceId: this.#instanceId,
      })
      if (answer.errorCode === 'UNSUPPORTED_VERSION' || answer.errorCode === 'INVALID_REQUEST') return 'stop'
      if (answer.errorCode !== 'NONE') return undefined
      this.#instanceId = answer.clientInstanceId
      return answer
    } catch (error) {
      const { code, retriable } = asKafkaError(error)
      return code === 'UNSUPPORTED' || !retriable ? 'stop' : undefined
    }
  }

  async #pushWhileWanted(subscription: Subscription): Promise<Outcome> {
    const { random, delay } = this.#options
    // Clients that started together do not push together.
    let pauseMs = subscription.pushIntervalMs * (0.5 + random.integer(1001) / 1000)
    for (;;) {
      await delay(pauseMs)
      const outcome = await this.#push(subscription, false)
      if (outcome !== 'go on') return outcome
      pauseMs = subscription.pushIntervalMs
    }
  }

  async #push(subscription: Subscription, terminating: boolean): Promise<Outcome> {
    const data = this.#encode(subscription)
    const { bytes, compressionType } = compressed(data, subscription.acceptedCompressionTypes)
    if (bytes.length > subscription.telemetryMaxBytes && subscription.telemetryMaxBytes > 0) return 'go on'
    try {
      const { errorCode } = await this.#options.ask(PushTelemetry, {
        clientInstanceId: this.#instanceId,
        subscriptionId: subscription.subscriptionId,
        terminating,
        compressionType,
        metrics: bytes,
      })
      return outcomeOf(errorCode)
    } catch (error) {
      return asKafkaError(error).retriable ? 'go on' : 'stop'
    }
  }

  #encode({ requestedMetrics, deltaTemporality }: Subscription): Uint8Array {
    const points = this.#options.metrics
      .read()
      .filter(metric => Number.isFinite(metric.value))
      .map(metric => ({ metric, name: telemetryName(metric) }))
      .filter(({ name }) => requestedMetrics.some(wanted => wanted === '*' || name.startsWith(wanted)))
      .map(({ metric, name }) => this.#pointOf(metric, name, deltaTemporality))
    const timeMs = this.#options.clock.now()
    this.#pushedAtMs = timeMs
    return encodeMetricsData({ resource: this.#options.labels(), points, timeMs, isDelta: deltaTemporality })
  }

  #pointOf(metric: Metric, name: string, isDelta: boolean): DataPoint {
    const attributes = Object.fromEntries(
      Object.entries(metric.tags).map(([key, value]) => [key.replaceAll('-', '_'), value]),
    )
    const isSum = metric.kind === 'total'
    if (!isSum || !isDelta) return { name, value: metric.value, attributes, isSum, startMs: this.#startMs }
    const key = `${name} ${JSON.stringify(attributes)}`
    const before = this.#pushed.get(key) ?? 0
    this.#pushed.set(key, metric.value)
    return { name, value: metric.value - before, attributes, isSum, startMs: this.#pushedAtMs }
  }
}

function outcomeOf(errorCode: string): Outcome {
  switch (errorCode) {
    case 'UNKNOWN_SUBSCRIPTION_ID':
    case 'UNSUPPORTED_COMPRESSION_TYPE':
      return 'subscribe again'
    case 'INVALID_REQUEST':
    case 'INVALID_RECORD':
    case 'UNSUPPORTED_VERSION':
      return 'stop'
    default:
      return 'go on'
  }
}

/** `org.apache.kafka.producer.node.request.latency.avg` of `request-latency-avg` in `producer-node-metrics`. */
export function telemetryName({ group, name }: Pick<Metric, 'group' | 'name'>): string {
  return `org.apache.kafka.${group.replace(/-metrics$/, '')}.${name}`.replaceAll('-', '.')
}

/** In the first codec the broker takes and this machine has. */
function compressed(
  data: Uint8Array,
  accepted: readonly number[],
): { bytes: Uint8Array; compressionType: number } {
  for (const id of accepted) {
    try {
      return { bytes: compress(compressionOfId(id), data), compressionType: id }
    } catch {
      // Not on this machine, or newer than this client: the next one.
    }
  }
  return { bytes: data, compressionType: 0 }
}
