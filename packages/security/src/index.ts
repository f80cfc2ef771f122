export { type SaslClientExchange, type SaslClientMechanism, type SaslContext, SaslError } from './sasl.ts'
export { type PlainCredentials, plainMechanism } from './plain.ts'
