import { concatBytes, encodeUtf8 } from '@samsa/base'

// OpenTelemetry's metrics as protocol buffers, as much of them as KIP-714 needs:
//
//   MetricsData 1: ResourceMetrics      1: Resource      1: KeyValue …
//                                       2: ScopeMetrics  2: Metric …
//   Metric      1: name  5: Gauge       1: NumberDataPoint …
//                        7: Sum         1: NumberDataPoint …  2: temporality  3: is monotonic
//   NumberDataPoint 2: start (fixed64)  3: time (fixed64)  4: double  7: KeyValue …
//   KeyValue    1: key  2: AnyValue     1: string

/** One number to be pushed. */
export interface DataPoint {
  readonly name: string
  readonly value: number
  readonly attributes: Readonly<Record<string, string>>
  /** A sum that only grows: since `startMs` when cumulative, or since the last push. Otherwise a gauge. */
  readonly isSum: boolean
  /** Milliseconds since the epoch. */
  readonly startMs: number
}

export interface MetricsData {
  readonly resource: Readonly<Record<string, string>>
  readonly points: readonly DataPoint[]
  readonly timeMs: number
  /** Sums tell what was added since the last push. */
  readonly isDelta: boolean
}

/** Encodes OpenTelemetry `MetricsData`. */
export function encodeMetricsData({ resource, points, timeMs, isDelta }: MetricsData): Uint8Array {
  const metrics = points.map(point => message(2, metricOf(point, timeMs, isDelta)))
  const resourceMetrics = [message(1, attributes(1, resource)), message(2, metrics)]
  return concatBytes([message(1, resourceMetrics)])
}

function metricOf(point: DataPoint, timeMs: number, isDelta: boolean): Uint8Array[] {
  const dataPoint = message(1, [
    ...(point.isSum ? [time(2, point.startMs)] : []),
    time(3, timeMs),
    double(4, point.value),
    ...attributes(7, point.attributes),
  ])
  const name = text(1, point.name)
  if (!point.isSum) return [name, message(5, [dataPoint])]
  return [name, message(7, [dataPoint, integer(2, isDelta ? 1 : 2), integer(3, 1)])]
}

function attributes(field: number, values: Readonly<Record<string, string>>): Uint8Array[] {
  return Object.entries(values).map(([key, value]) =>
    message(field, [text(1, key), message(2, [text(1, value)])]),
  )
}

function message(field: number, parts: readonly Uint8Array[]): Uint8Array {
  const body = concatBytes([...parts])
  return concatBytes([varint((field << 3) | 2), varint(body.length), body])
}

function text(field: number, value: string): Uint8Array {
  return message(field, [encodeUtf8(value)])
}

function integer(field: number, value: number): Uint8Array {
  return concatBytes([varint(field << 3), varint(value)])
}

/** Nanoseconds since the epoch, as fixed64. */
function time(field: number, ms: number): Uint8Array {
  const bytes = new Uint8Array(9)
  bytes[0] = (field << 3) | 1
  new DataView(bytes.buffer).setBigUint64(1, BigInt(Math.round(ms)) * 1_000_000n, true)
  return bytes
}

function double(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(9)
  bytes[0] = (field << 3) | 1
  new DataView(bytes.buffer).setFloat64(1, value, true)
  return bytes
}

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let left = value
  while (left > 127) {
    bytes.push((left & 127) | 128)
    left >>>= 7
  }
  bytes.push(left)
  return Uint8Array.from(bytes)
}
