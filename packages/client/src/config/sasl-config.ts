import { configTable, double, duration, int, javaClass, password, short, string } from '@samsa/base'

/** Logging in: SASL. */
export const saslConfig = configTable({
  'sasl.client.callback.handler.class': javaClass({
    default: null,
    importance: 'medium',
    unused: true,
    doc: "Java class that provides credentials. Here the option `authentication` of the client's second argument does.",
  }),
  'sasl.jaas.config': password({
    default: null,
    importance: 'medium',
    doc: 'Login in JAAS notation, as Java clients have it: `org.apache.kafka.common.security.plain.PlainLoginModule required username="…" password="…";`.',
  }),
  'sasl.kerberos.kinit.cmd': string({
    default: '/usr/bin/kinit',
    importance: 'low',
    unused: true,
    doc: 'Path of the Kerberos kinit command. Java only: accepted, without effect here.',
  }),
  'sasl.kerberos.min.time.before.relogin': duration({
    default: 60_000,
    importance: 'low',
    unused: true,
    doc: 'Least time between two Kerberos logins. Java only: accepted, without effect here.',
  }),
  'sasl.kerberos.service.name': string({
    default: null,
    importance: 'medium',
    doc: "Name of the brokers' Kerberos service, as in `kafka/host@REALM`.",
  }),
  'sasl.kerberos.ticket.renew.jitter': double({
    default: 0.05,
    importance: 'low',
    unused: true,
    doc: "Random share added to the time of a ticket's renewal. Java only: accepted, without effect here.",
  }),
  'sasl.kerberos.ticket.renew.window.factor': double({
    default: 0.8,
    importance: 'low',
    unused: true,
    doc: "Share of a ticket's life after which it is renewed. Java only: accepted, without effect here.",
  }),
  'sasl.login.callback.handler.class': javaClass({
    default: null,
    importance: 'medium',
    doc: "Java class that logs in. Here the option `authentication` of the client's second argument does; Kafka's own class for OAuth is built in.",
  }),
  'sasl.login.class': javaClass({
    default: null,
    importance: 'medium',
    unused: true,
    doc: 'Java class of the login. Java only: accepted, without effect here.',
  }),
  'sasl.login.connect.timeout.ms': int({
    default: null,
    unit: 'ms',
    importance: 'low',
    doc: 'How long to wait for a connection to the OAuth provider.',
  }),
  'sasl.login.read.timeout.ms': int({
    default: null,
    unit: 'ms',
    importance: 'low',
    doc: 'How long to wait for an answer of the OAuth provider.',
  }),
  'sasl.login.refresh.buffer.seconds': short({
    default: 300,
    min: 0,
    max: 3600,
    unit: 'seconds',
    importance: 'low',
    doc: "Time before a token's end at which it is refreshed at the latest.",
  }),
  'sasl.login.refresh.min.period.seconds': short({
    default: 60,
    min: 0,
    max: 900,
    unit: 'seconds',
    importance: 'low',
    doc: 'Least time between two refreshes of a token.',
  }),
  'sasl.login.refresh.window.factor': double({
    default: 0.8,
    min: 0.5,
    max: 1.0,
    importance: 'low',
    doc: "Share of a token's life after which it is refreshed.",
  }),
  'sasl.login.refresh.window.jitter': double({
    default: 0.05,
    min: 0.0,
    max: 0.25,
    importance: 'low',
    doc: "Random share of a token's life added to the time of its refresh.",
  }),
  'sasl.login.retry.backoff.max.ms': duration({
    default: 10_000,
    importance: 'low',
    doc: 'Longest pause before the OAuth provider is asked again.',
  }),
  'sasl.login.retry.backoff.ms': duration({
    default: 100,
    importance: 'low',
    doc: 'First pause before the OAuth provider is asked again.',
  }),
  'sasl.mechanism': string({
    default: 'GSSAPI',
    importance: 'medium',
    doc: 'How to log in: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER, or GSSAPI with an implementation given in `authentication`.',
  }),
})
