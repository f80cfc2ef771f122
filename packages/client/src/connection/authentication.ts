import type { PlainCredentials, SaslClientMechanism } from '@samsa/security'

/** Callbacks that provide what text cannot: each is asked at every login, so that credentials can change. */
export interface Authentication {
  /** Name and password for PLAIN and SCRAM; before `sasl.jaas.config`. */
  readonly credentials?: () => PlainCredentials | Promise<PlainCredentials>
  /** A complete mechanism, such as GSSAPI on a Kerberos library; `sasl.mechanism` has to name it. */
  readonly mechanism?: SaslClientMechanism
}
