export {
  type ClientErrorName,
  KafkaError,
  type KafkaErrorName,
  type KafkaErrorOptions,
  aboutError,
  asKafkaError,
  clientErrors,
  throwIfError,
} from './errors.ts'
export type { Outside } from './outside.ts'
export { type ClientConfig, clientConfig } from './config/client-config.ts'
export { type ConfigEntries, type ConfigValue, readConfig } from './config/read-config.ts'
export * from './records/index.ts'
export type { Deserializer, Serde, Serializer } from './serializers/serializer.ts'
export type { Authentication } from './connection/authentication.ts'
export type {
  HandlerSpan,
  Handling,
  MetricTags,
  RequestMeasurement,
  SendSpan,
  Sending,
  Telemetry,
  TraceHeaders,
} from './telemetry/telemetry.ts'
export { traceHeadersOf } from './telemetry/trace-headers.ts'
export { type Counter, type Metric, type MetricName, Metrics, type Sampler } from './telemetry/metrics.ts'
export type { RequestInput } from './connection/broker-connection.ts'
export * from './cluster/index.ts'
export * from './admin/index.ts'
export { serdes } from './serializers/serdes.ts'
export * from './producer/index.ts'
export * from './consumer/index.ts'
export * from './share/index.ts'
