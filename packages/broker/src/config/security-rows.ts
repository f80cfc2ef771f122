import { configTable, duration, enumeration, javaClass, password, string } from '@samsa/base'
import { days, hours } from './units.ts'

/** Who may do what: authorizer, principals, delegation tokens. */
export const securityRows = configTable({
  'authorizer.class.name': string({
    default: '',
    importance: 'low',
    doc: "Turns access control on. Kafka's StandardAuthorizer (and the older AclAuthorizer) have an equivalent in Samsa; empty allows everything.",
  }),
  'delegation.token.expiry.check.interval.ms': duration({
    default: hours,
    min: 1,
    importance: 'low',
    doc: 'How often delegation tokens are looked through for expired ones.',
  }),
  'delegation.token.expiry.time.ms': duration({
    default: days,
    min: 1,
    importance: 'medium',
    doc: 'How long a delegation token is valid before it has to be renewed.',
  }),
  'delegation.token.max.lifetime.ms': duration({
    default: 7 * days,
    min: 1,
    importance: 'medium',
    doc: 'How long a delegation token can be renewed.',
  }),
  'delegation.token.secret.key': password({
    default: null,
    importance: 'medium',
    doc: 'Secret that signs delegation tokens, the same on all brokers. Not set: no delegation tokens.',
  }),
  'principal.builder.class': javaClass({
    default: 'org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder',
    live: 'per-broker',
    importance: 'medium',
    doc: "Java class that makes a principal of a login. Samsa has Kafka's default built in.",
  }),
  'security.inter.broker.protocol': enumeration({
    default: 'PLAINTEXT',
    values: ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'],
    importance: 'medium',
    doc: 'Security protocol among brokers, when inter.broker.listener.name is not set.',
  }),
  'security.providers': string({
    default: null,
    importance: 'low',
    unused: true,
    doc: 'Java classes that provide security algorithms.',
  }),
})
