import { configTable, duration, int, javaClass, list, string } from '@samsa/base'

/** Metrics, telemetry, quotas. */
export const metricRows = configTable({
  'client.quota.callback.class': javaClass({
    default: null,
    importance: 'low',
    unused: true,
    doc: 'Java class that decides about quotas. Not available: Samsa loads no Java classes.',
  }),
  'controller.quota.window.num': int({
    default: 11,
    min: 1,
    importance: 'low',
    unused: true,
    doc: 'Time windows over which changes of topics are measured for their quota.',
  }),
  'controller.quota.window.size.seconds': int({
    default: 1,
    min: 1,
    unit: 'seconds',
    importance: 'low',
    unused: true,
    doc: 'Length of such a window.',
  }),
  'kafka.metrics.polling.interval.secs': int({
    default: 10,
    min: 1,
    unit: 'seconds',
    importance: 'low',
    unused: true,
    doc: "How often Kafka's own metrics reporters are asked.",
  }),
  'kafka.metrics.reporters': list({
    default: [],
    importance: 'low',
    unused: true,
    doc: "Java classes of Kafka's own metrics reporters.",
  }),
  'metric.reporters': list({
    default: ['org.apache.kafka.common.metrics.JmxReporter'],
    live: 'cluster-wide',
    importance: 'low',
    unused: true,
    doc: 'Java classes that metrics are handed to.',
  }),
  'metrics.num.samples': int({
    default: 2,
    min: 1,
    importance: 'low',
    unused: true,
    doc: "Samples a metric's average is made of.",
  }),
  'metrics.recording.level': string({
    default: 'INFO',
    importance: 'low',
    unused: true,
    doc: 'Which metrics are recorded: INFO, DEBUG or TRACE.',
  }),
  'metrics.sample.window.ms': duration({
    default: 30_000,
    min: 1,
    importance: 'low',
    unused: true,
    doc: 'Length of a sample.',
  }),
  'quota.window.num': int({
    default: 11,
    min: 1,
    importance: 'low',
    doc: 'Time windows over which new connections are measured, for max.connection.creation.rate.',
  }),
  'quota.window.size.seconds': int({
    default: 1,
    min: 1,
    unit: 'seconds',
    importance: 'low',
    doc: 'Length of such a window.',
  }),
  'telemetry.max.bytes': int({
    default: 1_048_576,
    min: 1,
    unit: 'bytes',
    importance: 'low',
    unused: true,
    doc: 'Largest report of client metrics accepted.',
  }),
})
