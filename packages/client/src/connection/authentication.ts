import type { OauthToken, PlainCredentials, SaslClientMechanism } from '@samsa/security'

/** Callbacks that provide what text cannot: each is asked at every login, so that credentials can change. */
export interface Authentication {
  /** Name and password for PLAIN and SCRAM, instead of those in `sasl.jaas.config`. */
  readonly credentials?: () => PlainCredentials | Promise<PlainCredentials>
  /** A token for OAUTHBEARER. It is kept until shortly before it expires. */
  readonly token?: () => OauthToken | Promise<OauthToken>
  /** A complete mechanism, such as GSSAPI on top of a Kerberos library; `sasl.mechanism` has to be its name. */
  readonly mechanism?: SaslClientMechanism
}
