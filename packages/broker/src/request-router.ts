import { ByteReader, ByteWriter, type Logger, MalformedError } from '@samsa/base'
import type { FrameHandler, FrameParts, Outgoing } from '@samsa/net'
import {
  type Api,
  ApiVersions,
  Fetch,
  Produce,
  type RequestHeader,
  type RequestOf,
  type ResponseOf,
  decodeRequest,
  decodeRequestHeader,
  decodeRequestInSteps,
  encodeResponse,
  encodeResponseHeader,
  encodeResponseInSteps,
} from '@samsa/protocol'
import type { OpenClientConnection } from './client-connection.ts'
import { type ClientConnection, type Handler, type RequestContext, servedVersions } from './handler.ts'
import { unsupportedApiVersions } from './handlers/api-versions.ts'
import { LargeRequests, type RequestPace } from './large-requests.ts'
import { RequestOrder } from './request-order.ts'
import type { Services } from './services.ts'

/** Requests up to this size are decoded at once: there is not enough in them to take long. */
const DECODED_AT_ONCE_BYTES = 4 * 1024
/** Answers whose lists are no longer than this are encoded at once. */
const ENCODED_AT_ONCE_ITEMS = 16
/** APIs whose answers are short unless the request was a large one: need not be looked at. */
const answeredShortly: ReadonlySet<Api> = new Set<Api>([ApiVersions, Fetch, Produce])
/** Clients take no larger answers, librdkafka and Sarama at least; what would make one is asked for to use memory up. */
const ANSWER_BYTES_MAX = 100_000_000

/** Finds the handler of each request, and turns its answer into a frame. */
export class RequestRouter {
  readonly #services: Services
  readonly #handlers: ReadonlyMap<number, Handler<Api>>
  readonly #logger: Logger
  readonly #large: LargeRequests
  readonly #opened: Promise<void>
  #open: (() => void) | undefined
  #refuse: ((error: Error) => void) | undefined

  constructor(services: Services, handlers: readonly Handler<Api>[]) {
    this.#services = services
    this.#handlers = new Map(handlers.map(handler => [handler.api.key, handler]))
    this.#logger = services.logger
    this.#large = new LargeRequests(services.world.clock)
    this.#opened = new Promise((resolve, reject) => {
      this.#open = resolve
      this.#refuse = reject
    })
    this.#opened.catch(() => {})
  }

  /** Lets requests in: those that came before wait until now. */
  open(): void {
    this.#open?.()
    this.#open = undefined
  }

  /** Closes the connections of those who wait: the broker does not come to serve. */
  refuse(error: Error): void {
    this.#refuse?.(error)
  }

  /** Serves the frames of one connection. */
  connection(client: OpenClientConnection): FrameHandler {
    const order = new RequestOrder()
    const serve = (bytes: Uint8Array) =>
      order.isFree ? this.#serve(bytes, client, order) : order.serve(() => this.#serve(bytes, client, order))
    return {
      frame: bytes => (this.#open === undefined ? serve(bytes) : this.#opened.then(() => serve(bytes))),
      closed: () => client.closed(),
    }
  }

  // What cannot be answered in a way the client would understand (no request, an API or version that is not advertised)
  // closes the connection, as in Apache Kafka; the thrown error is logged with the client's address by the frame server.
  #serve(bytes: Uint8Array, client: ClientConnection, order: RequestOrder): Outgoing | Promise<Outgoing> {
    const reader = new ByteReader(bytes)
    const header = decodeRequestHeader(reader)
    const handler = this.#handlers.get(header.apiKey)
    if (handler === undefined) throw new MalformedError(`API key ${header.apiKey} is not served here`)
    const { api } = handler
    const { oldest, newest } = servedVersions(api)
    if (header.apiVersion < oldest || header.apiVersion > newest) {
      if (api === ApiVersions) return frameOf(api, { ...header, apiVersion: 0 }, unsupportedApiVersions())
      throw new MalformedError(
        `${api.name} v${header.apiVersion} is not served here: use v${oldest} to v${newest}`,
      )
    }
    const pace = this.#large.pace()
    const sent = new SentCallbacks()
    const outgoing = sent.guard(() => {
      const request = requestOf(api, header, reader, pace)
      const context = this.#contextOf(header, client, sent, pace)
      const answer =
        request instanceof Promise
          ? request.then(request => handler.serve(request, context))
          : handler.serve(request, context)
      return answer instanceof Promise
        ? answer.then(response => this.#frameOf(api, header, response, pace, client))
        : this.#frameOf(api, header, answer, pace, client)
    })
    // What follows a large request waits for its end: a later produce must not overtake an earlier one.
    if (pace.isLarge && outgoing instanceof Promise) {
      const end = () => pace.end()
      outgoing.then(end, end)
      order.waitFor(outgoing)
    }
    return outgoing
  }

  #frameOf(
    api: Api,
    header: RequestHeader,
    response: unknown,
    pace: RequestPace,
    client: ClientConnection,
  ): FrameParts | undefined | Promise<FrameParts | undefined> {
    if (response === undefined || client.isClosed) return undefined
    const isShort = !pace.isLarge && (answeredShortly.has(api) || hasShortLists(response))
    return isShort ? frameOf(api, header, response) : pace.run(frameInSteps(api, header, response))
  }

  #contextOf(
    header: RequestHeader,
    client: ClientConnection,
    sent: SentCallbacks,
    pace: RequestPace,
  ): RequestContext {
    const services = this.#services
    return {
      world: services.world,
      logger: this.#logger,
      config: services.config,
      listeners: services.listeners,
      metadata: services.metadata,
      partitions: services.partitions,
      groups: services.groups,
      fetchSessions: services.fetchSessions,
      fetchMemory: services.fetchMemory,
      apiVersion: header.apiVersion,
      clientId: header.clientId ?? '',
      client,
      pace,
      onSent: callback => sent.add(callback),
    }
  }
}

/** What is to be done once an answer was sent, or turned out never to be. */
class SentCallbacks {
  #callbacks: (() => void)[] | undefined

  add(callback: () => void): void {
    this.#callbacks ??= []
    this.#callbacks.push(callback)
  }

  /** Makes an answer, and sees to it that the callbacks are called in the end, whatever becomes of it. */
  guard(
    answer: () => FrameParts | undefined | Promise<FrameParts | undefined>,
  ): Outgoing | Promise<Outgoing> {
    try {
      const made = answer()
      if (!(made instanceof Promise)) return this.#released(made)
      return made.then(
        parts => this.#released(parts),
        error => {
          this.#call()
          throw error
        },
      )
    } catch (error) {
      this.#call()
      throw error
    }
  }

  #released(parts: FrameParts | undefined): Outgoing {
    if (this.#callbacks === undefined) return parts
    if (parts !== undefined) return { parts, sent: () => this.#call() }
    this.#call()
    return undefined
  }

  #call(): void {
    for (const callback of this.#callbacks ?? []) callback()
  }
}

function requestOf(
  api: Api,
  { apiVersion }: RequestHeader,
  reader: ByteReader,
  pace: RequestPace,
): RequestOf<Api> | Promise<RequestOf<Api>> {
  if (reader.remaining <= DECODED_AT_ONCE_BYTES) return decodeRequest(api, apiVersion, reader)
  return pace.decode(decodeRequestInSteps(api, apiVersion, reader))
}

function hasShortLists(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return true
  if (Array.isArray(value)) return value.length <= ENCODED_AT_ONCE_ITEMS && value.every(hasShortLists)
  return Object.values(value).every(hasShortLists)
}

function* frameInSteps(api: Api, header: RequestHeader, response: unknown): Generator<undefined, FrameParts> {
  const writer = new ByteWriter()
  encodeResponseHeader(api, header.apiVersion, header.correlationId, writer)
  for (const _ of encodeResponseInSteps(api, header.apiVersion, response as ResponseOf<Api>, writer)) {
    if (writer.length > ANSWER_BYTES_MAX && api !== Fetch) {
      throw new Error(
        `the answer to this ${api.name} would be larger than ${ANSWER_BYTES_MAX} bytes: ask for less`,
      )
    }
    yield
  }
  return writer.finish()
}

function frameOf(api: Api, header: RequestHeader, response: unknown): FrameParts | undefined {
  if (response === undefined) return undefined
  const writer = new ByteWriter()
  encodeResponseHeader(api, header.apiVersion, header.correlationId, writer)
  encodeResponse(api, header.apiVersion, response as ResponseOf<Api>, writer)
  return writer.finish()
}
