/**
 * What all clients share: errors, serializers, headers, metrics, logging, logins, and the outside world.
 *
 * @module
 */
export {
  type Authentication,
  type ClientConfig,
  type ClientErrorName,
  type ConfigEntries,
  type ConfigValue,
  type Deserializer,
  KafkaError,
  type KafkaErrorName,
  type KafkaErrorOptions,
  type Metric,
  type MetricTags,
  type Outside,
  type RecordHeader,
  type RequestMeasurement,
  type Serde,
  type Serializer,
  type Telemetry,
  type TopicPartition,
  aboutError,
  headersOf,
  lastHeader,
  serdes,
} from '@samsa/client'
export {
  type Address,
  type Clock,
  type ConnectOptions,
  type Connection,
  type DirectoryEntry,
  type Disk,
  type DiskFile,
  type DiskLock,
  type Listener,
  type LogFields,
  type LogLevel,
  type Logger,
  type LoggerOptions,
  type Network,
  type Random,
  type Receiver,
  type Timer,
  type TlsOptions,
  type TlsVersion,
  type World,
  createLogger,
  silentLogger,
} from '@samsa/base'
export type { ErrorName } from '@samsa/protocol'
