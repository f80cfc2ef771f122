import type { Counter, MetricName, Metrics, Sampler } from './metrics.ts'
import type { RequestMeasurement } from './telemetry.ts'

interface Traffic {
  readonly requests: Counter
  readonly responses: Counter
  readonly outgoing: Counter
  readonly incoming: Counter
  readonly latency: Sampler
  readonly size: Sampler
}

/** How long certain requests of a role take, which Kafka tells apart. */
const latencies: Readonly<Record<string, Readonly<Record<string, MetricName>>>> = {
  consumer: {
    Fetch: {
      name: 'fetch-latency',
      group: 'consumer-fetch-manager-metrics',
      about: 'Milliseconds from a request for records to its answer',
    },
    ShareFetch: {
      name: 'fetch-latency',
      group: 'consumer-share-fetch-manager-metrics',
      about: 'Milliseconds from a request for records to its answer',
    },
    OffsetCommit: {
      name: 'commit-latency',
      group: 'consumer-coordinator-metrics',
      about: 'Milliseconds from a commit to its answer',
    },
  },
}

/** Kafka's metrics of connections and requests, of the whole client and of each node. */
export class RequestMetrics {
  readonly #metrics: Metrics
  readonly #role: string
  readonly #all: Traffic
  readonly #nodes = new Map<number, Traffic>()
  readonly #latencies = new Map<string, Sampler>()
  readonly #created: Counter
  readonly #closed: Counter

  /** @param role 'producer', 'consumer', 'admin-client' */
  constructor(metrics: Metrics, role: string, connectionCount: () => number) {
    this.#metrics = metrics
    this.#role = role
    const group = `${role}-metrics`
    this.#all = this.#traffic(group, {})
    this.#created = metrics.counter({ name: 'connection-creation', group, about: 'Connections opened' })
    this.#closed = metrics.counter({ name: 'connection-close', group, about: 'Connections closed' })
    metrics.gauge({ name: 'connection-count', group, about: 'Connections that are open.' }, connectionCount)
  }

  connected(): void {
    this.#created.add()
  }

  disconnected(): void {
    this.#closed.add()
  }

  /** @param nowMs of the monotonic clock */
  measured(measurement: RequestMeasurement, nowMs: number): void {
    note(this.#all, measurement, nowMs)
    note(this.#ofNode(measurement.nodeId), measurement, nowMs)
    if (measurement.error !== undefined) return
    this.#latencyOf(measurement.api)?.record(measurement.durationMs, nowMs)
  }

  #latencyOf(api: string): Sampler | undefined {
    const name = latencies[this.#role]?.[api]
    if (name === undefined) return undefined
    const known = this.#latencies.get(api)
    if (known !== undefined) return known
    const sampler = this.#metrics.sampler(name)
    this.#latencies.set(api, sampler)
    return sampler
  }

  #ofNode(nodeId: number): Traffic {
    const known = this.#nodes.get(nodeId)
    if (known !== undefined) return known
    const traffic = this.#traffic(`${this.#role}-node-metrics`, { 'node-id': `node-${nodeId}` })
    this.#nodes.set(nodeId, traffic)
    return traffic
  }

  #traffic(group: string, tags: Record<string, string>): Traffic {
    const metrics = this.#metrics
    return {
      requests: metrics.counter({ name: 'request', group, tags, about: 'Requests sent' }),
      responses: metrics.counter({ name: 'response', group, tags, about: 'Answers received' }),
      outgoing: metrics.counter({ name: 'outgoing-byte', group, tags, about: 'Bytes of requests' }),
      incoming: metrics.counter({ name: 'incoming-byte', group, tags, about: 'Bytes of answers' }),
      latency: metrics.sampler({
        name: 'request-latency',
        group,
        tags,
        about: 'Milliseconds from request to answer',
      }),
      size: metrics.sampler({ name: 'request-size', group, tags, about: 'Bytes of a request' }),
    }
  }
}

function note(
  traffic: Traffic,
  { durationMs, requestBytes, responseBytes, error }: RequestMeasurement,
  nowMs: number,
): void {
  traffic.requests.add(1, nowMs)
  traffic.outgoing.add(requestBytes, nowMs)
  traffic.size.record(requestBytes, nowMs)
  if (error !== undefined) return
  traffic.responses.add(1, nowMs)
  traffic.incoming.add(responseBytes, nowMs)
  traffic.latency.record(durationMs, nowMs)
}
