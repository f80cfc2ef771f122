import {
  boolean,
  configTable,
  duration,
  enumeration,
  int,
  javaClass,
  list,
  password,
  string,
} from '@samsa/base'

/** Logging in with OAuth tokens: what SASL mechanism OAUTHBEARER needs. */
export const oauthConfig = configTable({
  'sasl.oauthbearer.assertion.algorithm': enumeration({
    default: 'RS256',
    values: ['ES256', 'RS256'],
    anyCase: true,
    importance: 'medium',
    doc: 'Algorithm that signs assertions for the OAuth provider.',
  }),
  'sasl.oauthbearer.assertion.claim.aud': string({
    default: null,
    importance: 'medium',
    doc: 'Audience claim of an assertion.',
  }),
  'sasl.oauthbearer.assertion.claim.exp.seconds': int({
    default: 300,
    min: 0,
    max: 86_400,
    unit: 'seconds',
    importance: 'low',
    doc: 'How long an assertion is valid.',
  }),
  'sasl.oauthbearer.assertion.claim.iss': string({
    default: null,
    importance: 'medium',
    doc: 'Issuer claim of an assertion.',
  }),
  'sasl.oauthbearer.assertion.claim.jti.include': boolean({
    default: false,
    importance: 'medium',
    doc: 'Give each assertion an id of its own.',
  }),
  'sasl.oauthbearer.assertion.claim.nbf.seconds': int({
    default: 60,
    min: 0,
    max: 3600,
    unit: 'seconds',
    importance: 'low',
    doc: 'How far before now an assertion becomes valid.',
  }),
  'sasl.oauthbearer.assertion.claim.sub': string({
    default: null,
    importance: 'medium',
    doc: 'Subject claim of an assertion.',
  }),
  'sasl.oauthbearer.assertion.file': string({
    default: null,
    importance: 'medium',
    doc: 'File with a ready assertion, read anew for each token.',
  }),
  'sasl.oauthbearer.assertion.private.key.file': string({
    default: null,
    importance: 'medium',
    doc: 'File with the private key, in PEM, that signs assertions.',
  }),
  'sasl.oauthbearer.assertion.private.key.passphrase': password({
    default: null,
    importance: 'medium',
    doc: 'Passphrase of that key.',
  }),
  'sasl.oauthbearer.assertion.template.file': string({
    default: null,
    importance: 'medium',
    doc: 'File with header and payload, as JSON, that an assertion starts from.',
  }),
  'sasl.oauthbearer.client.credentials.client.id': string({
    default: null,
    importance: 'medium',
    doc: 'Client id at the OAuth provider.',
  }),
  'sasl.oauthbearer.client.credentials.client.secret': password({
    default: null,
    importance: 'medium',
    doc: 'Client secret at the OAuth provider.',
  }),
  'sasl.oauthbearer.clock.skew.seconds': int({
    default: 30,
    unit: 'seconds',
    importance: 'low',
    unused: true,
    doc: "Difference allowed between the broker's clock and the OAuth provider's. For brokers: accepted, without effect in a client.",
  }),
  'sasl.oauthbearer.expected.audience': list({
    default: [],
    importance: 'high',
    unused: true,
    doc: 'Audiences a token may be meant for. For brokers: accepted, without effect in a client.',
  }),
  'sasl.oauthbearer.expected.issuer': string({
    default: null,
    importance: 'high',
    unused: true,
    doc: 'Issuer a token must come from. For brokers: accepted, without effect in a client.',
  }),
  'sasl.oauthbearer.header.urlencode': boolean({
    default: false,
    importance: 'low',
    doc: 'URL-encode client id and secret in the header sent to the OAuth provider, as RFC 6749 asks.',
  }),
  'sasl.oauthbearer.jwks.endpoint.refresh.ms': duration({
    default: 3_600_000,
    importance: 'low',
    unused: true,
    doc: "How often the OAuth provider's keys are fetched. For brokers: accepted, without effect in a client.",
  }),
  'sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms': duration({
    default: 10_000,
    importance: 'low',
    unused: true,
    doc: 'Longest pause before the keys are fetched again. For brokers: accepted, without effect in a client.',
  }),
  'sasl.oauthbearer.jwks.endpoint.retry.backoff.ms': duration({
    default: 100,
    importance: 'low',
    unused: true,
    doc: 'First pause before the keys are fetched again. For brokers: accepted, without effect in a client.',
  }),
  'sasl.oauthbearer.jwks.endpoint.url': string({
    default: null,
    importance: 'medium',
    unused: true,
    doc: "Where the OAuth provider's keys are. For brokers: accepted, without effect in a client.",
  }),
  'sasl.oauthbearer.jwt.retriever.class': javaClass({
    default: 'org.apache.kafka.common.security.oauthbearer.DefaultJwtRetriever',
    importance: 'medium',
    doc: "Java class that gets tokens: Kafka's own ones are built in, others are given in `authentication`.",
  }),
  'sasl.oauthbearer.jwt.validator.class': javaClass({
    default: 'org.apache.kafka.common.security.oauthbearer.DefaultJwtValidator',
    importance: 'medium',
    unused: true,
    doc: 'Java class that checks tokens. Java only: accepted, without effect here.',
  }),
  'sasl.oauthbearer.scope': string({
    default: null,
    importance: 'medium',
    doc: 'Scope to ask the OAuth provider for.',
  }),
  'sasl.oauthbearer.scope.claim.name': string({
    default: 'scope',
    importance: 'low',
    doc: "Name of a token's scope claim.",
  }),
  'sasl.oauthbearer.sub.claim.name': string({
    default: 'sub',
    importance: 'low',
    doc: "Name of a token's subject claim.",
  }),
  'sasl.oauthbearer.token.endpoint.url': string({
    default: null,
    importance: 'medium',
    doc: 'Where tokens are given out: an https: or http: address, or file: with a ready token.',
  }),
})
