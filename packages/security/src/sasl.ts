/** The client's side of a SASL mechanism: makes one exchange for each login. */
export interface SaslClientMechanism {
  /** As registered: 'PLAIN', 'SCRAM-SHA-256'. */
  readonly name: string
  /** Starts a login at a broker. Throws `SaslError` when credentials cannot be had. */
  begin(context: SaslContext): SaslClientExchange | Promise<SaslClientExchange>
}

/** Where a login takes place. */
export interface SaslContext {
  /** The broker's host name as it was connected to. */
  readonly host: string
  readonly port: number
}

/** One login, from the first message to the end. */
export interface SaslClientExchange {
  /** What the client says first. */
  initialResponse(): Uint8Array | Promise<Uint8Array>
  /**
   * Answers what the server said; undefined when nothing is left to be said and the login is complete. Throws `SaslError`
   * when the server fails to prove itself.
   */
  respond(challenge: Uint8Array): Uint8Array | undefined | Promise<Uint8Array | undefined>
  /** Frees what the login holds, however it ended. */
  dispose?(): void
}

/** A login that cannot go on. The message never contains a secret. */
export class SaslError extends Error {
  override readonly name = 'SaslError'
}
