import type { CompleteOf, DraftOf, Fields } from './field.ts'
import { Message } from './message.ts'

/** One API of the protocol: a request and its response, with the same versions. */
export interface Api<Request extends Fields = Fields, Response extends Fields = Fields> {
  /** As in Kafka's documentation, without 'Request'. */
  readonly name: string
  /** The number that stands for the API in request headers. */
  readonly key: number
  readonly minVersion: number
  readonly maxVersion: number
  /** The newest version is still being designed: it is spoken only when asked for. */
  readonly latestVersionUnstable: boolean
  readonly request: Message<Request>
  readonly response: Message<Response>
}

export interface ApiOptions<Request extends Fields, Response extends Fields> {
  readonly name: string
  readonly key: number
  /** The oldest and the newest version. */
  readonly versions: readonly [min: number, max: number]
  /** The first flexible version (KIP-482). */
  readonly flexible: number | 'none'
  readonly latestVersionUnstable?: boolean
  readonly request: () => Request
  readonly response: () => Response
}

/** Declares an API. The fields of request and response stand in the order of the wire; see `MessageOptions.fields`. */
export function api<const Request extends Fields, const Response extends Fields>(
  options: ApiOptions<Request, Response>,
): Api<Request, Response> {
  const { name, key, versions, flexible } = options
  return {
    name,
    key,
    minVersion: versions[0],
    maxVersion: versions[1],
    latestVersionUnstable: options.latestVersionUnstable ?? false,
    request: new Message({ name: `${name}Request`, versions, flexible, fields: options.request }),
    response: new Message({ name: `${name}Response`, versions, flexible, fields: options.response }),
  }
}

/** A request as the server sees it: every field has a value, whatever the version. */
export type RequestOf<A extends Api> = CompleteOf<A['request']['fields']>
/** A request as a client states it: fields with a default may be left out. */
export type RequestDraftOf<A extends Api> = DraftOf<A['request']['fields']>
/** A response as a server states it: fields with a default may be left out. */
export type ResponseOf<A extends Api> = DraftOf<A['response']['fields']>
/** A response as the client sees it: every field has a value, whatever the version. */
export type CompleteResponseOf<A extends Api> = CompleteOf<A['response']['fields']>
