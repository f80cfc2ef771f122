import { type ConfigOf, boolean, configTable, duration, enumeration, int, list, string } from '@samsa/base'
import { oauthConfig } from './oauth-config.ts'
import { saslConfig } from './sasl-config.ts'
import { sslConfig } from './ssl-config.ts'

/** The keys that producers, consumers and admins share; each adds its own, and changes a few of these. */
export const clientConfig = configTable({
  'bootstrap.servers': list({
    default: [],
    importance: 'high',
    doc: 'Brokers to start from, as host:port; the others are learnt from them. Give at least two where there are two.',
  }),
  'client.dns.lookup': enumeration({
    default: 'use_all_dns_ips',
    values: ['use_all_dns_ips', 'resolve_canonical_bootstrap_servers_only'],
    importance: 'medium',
    doc: 'use_all_dns_ips tries each address of a host name in turn; resolve_canonical_bootstrap_servers_only also turns each bootstrap name into the canonical names behind it, which Kerberos may need.',
  }),
  'client.id': string({
    default: '',
    importance: 'medium',
    doc: 'Name of this client in logs, metrics and quotas of the brokers.',
  }),
  'config.providers': list({
    default: [],
    importance: 'low',
    unused: true,
    doc: 'Java classes that look up values. Java only: accepted, without effect here.',
  }),
  'connections.max.idle.ms': duration({
    default: 540_000,
    importance: 'medium',
    doc: 'Connections without traffic for that long are closed. -1 keeps them.',
  }),
  'enable.metrics.push': boolean({
    default: true,
    importance: 'low',
    doc: "Whether brokers that ask for it are sent the client's metrics (KIP-714).",
  }),
  'metadata.max.age.ms': duration({
    default: 300_000,
    min: 0,
    importance: 'low',
    doc: 'Metadata of topics and brokers is asked for anew after that time at the latest.',
  }),
  'metadata.recovery.rebootstrap.trigger.ms': duration({
    default: 300_000,
    min: 0,
    importance: 'low',
    doc: 'Without fresh metadata for that long the client starts over from its bootstrap servers.',
  }),
  'metadata.recovery.strategy': enumeration({
    default: 'REBOOTSTRAP',
    values: ['REBOOTSTRAP', 'NONE'],
    anyCase: true,
    importance: 'low',
    doc: 'What to do when no known broker answers: rebootstrap starts over from the bootstrap servers, none keeps trying.',
  }),
  'metric.reporters': list({
    default: ['org.apache.kafka.common.metrics.JmxReporter'],
    importance: 'low',
    unused: true,
    doc: 'Java classes that report metrics. Here `client.metrics()` and the option `telemetry` do.',
  }),
  'metrics.num.samples': int({
    default: 2,
    min: 1,
    importance: 'low',
    doc: 'Samples a rate is computed from.',
  }),
  'metrics.recording.level': enumeration({
    default: 'INFO',
    values: ['INFO', 'DEBUG', 'TRACE'],
    importance: 'low',
    doc: 'Least level of a metric to be recorded.',
  }),
  'metrics.sample.window.ms': duration({
    default: 30_000,
    min: 0,
    importance: 'low',
    doc: 'Time a sample covers.',
  }),
  'receive.buffer.bytes': int({
    default: 32_768,
    min: -1,
    unit: 'bytes',
    importance: 'medium',
    unused: true,
    doc: "Size of the socket's receive buffer. The runtime offers no way to set it: accepted, without effect.",
  }),
  'reconnect.backoff.max.ms': duration({
    default: 1000,
    min: 0,
    importance: 'low',
    doc: 'Longest pause before a broker is connected to again.',
  }),
  'reconnect.backoff.ms': duration({
    default: 50,
    min: 0,
    importance: 'low',
    doc: 'First pause before a broker is connected to again; it doubles with each failure.',
  }),
  'request.timeout.ms': int({
    default: 30_000,
    min: 0,
    unit: 'ms',
    importance: 'medium',
    doc: 'How long to wait for the answer to a request.',
  }),
  'retry.backoff.max.ms': duration({
    default: 1000,
    min: 0,
    importance: 'low',
    doc: 'Longest pause before a failed request is tried again.',
  }),
  'retry.backoff.ms': duration({
    default: 100,
    min: 0,
    importance: 'low',
    doc: 'First pause before a failed request is tried again; it doubles with each failure.',
  }),
  'security.protocol': enumeration({
    default: 'PLAINTEXT',
    values: ['SASL_SSL', 'PLAINTEXT', 'SSL', 'SASL_PLAINTEXT'],
    anyCase: true,
    importance: 'medium',
    doc: 'How to talk to brokers: with or without TLS (SSL), with or without a login (SASL).',
  }),
  'security.providers': string({
    default: null,
    importance: 'low',
    unused: true,
    doc: 'Java classes that provide security algorithms. Java only: accepted, without effect here.',
  }),
  'send.buffer.bytes': int({
    default: 131_072,
    min: -1,
    unit: 'bytes',
    importance: 'medium',
    unused: true,
    doc: "Size of the socket's send buffer. The runtime offers no way to set it: accepted, without effect.",
  }),
  'socket.connection.setup.timeout.max.ms': duration({
    default: 30_000,
    importance: 'medium',
    doc: 'Longest time to wait for a connection.',
  }),
  'socket.connection.setup.timeout.ms': duration({
    default: 10_000,
    importance: 'medium',
    doc: 'Time to wait for a connection; it doubles with each failure in a row.',
  }),
  ...sslConfig,
  ...saslConfig,
  ...oauthConfig,
})

/** Values of the keys all clients share. */
export type ClientConfig = ConfigOf<typeof clientConfig>
