import type { Address } from '@samsa/base'
import type { Api, ErrorName, RequestOf, ResponseOf } from '@samsa/protocol'
import type { RequestPace } from './large-requests.ts'
import type { Services } from './services.ts'

/**
 * Serves one API. A handler translates between the wire and the parts of the broker and delegates; it decides nothing.
 *
 * The request is only valid until the answer is settled: byte fields are views of the frame and must be copied to be
 * kept. A thrown error is a bug of the broker: it is logged and closes that client's connection.
 */
export interface Handler<A extends Api> {
  readonly api: A
  /** Returns the answer, now or later; `undefined` sends none (Produce with acks=0). */
  serve(request: RequestOf<A>, context: RequestContext): Answer<A> | Promise<Answer<A>>
}

/** The versions served: those that are settled, all back to the first. */
export function servedVersions(api: Api): { readonly oldest: number; readonly newest: number } {
  return { oldest: api.minVersion, newest: api.latestVersionUnstable ? api.maxVersion - 1 : api.maxVersion }
}

export type Answer<A extends Api> = ResponseOf<A> | undefined

/** What a handler may use: the broker's parts, and who is asking. */
export interface RequestContext extends Services {
  readonly apiVersion: number
  /** As the client calls itself; empty when it gave no name. */
  readonly clientId: string
  readonly client: ClientConnection
  /** For what may be much work: does it in slices if it takes long. */
  readonly pace: RequestPace
  /** Calls back once the answer was sent, or will never be: memory it is made of is free again. */
  onSent(callback: () => void): void
}

/** The connection a request came through. */
export interface ClientConnection {
  /** Unique in this process. */
  readonly id: number
  /** IP address of the client, as the groups' descriptions show it. */
  readonly host: string
  /** The broker's address that it connected to. */
  readonly reached: Address
  /** Name of the listener it connected to: advertised addresses depend on it. */
  readonly listenerName: string
  /** Name and version the client's library gave in ApiVersions (KIP-511). */
  software: { name: string; version: string }
  /** Calls back once when the connection closes; the returned function takes the wish back. */
  onClose(callback: () => void): () => void
  readonly isClosed: boolean
  /** Drops the connection: the only way to tell a client that wants no answers. */
  close(): void
}

/** An error for one item of a request. */
export interface ItemError {
  readonly errorCode: ErrorName
  readonly errorMessage?: string | null
}
