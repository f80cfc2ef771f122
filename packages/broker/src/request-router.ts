import { ByteReader, ByteWriter, type Logger, MalformedError } from '@samsa/base'
import type { FrameHandler, FrameParts, Outgoing } from '@samsa/net'
import {
  type Api,
  ApiVersions,
  type RequestHeader,
  type ResponseOf,
  decodeRequest,
  decodeRequestHeader,
  encodeResponse,
  encodeResponseHeader,
} from '@samsa/protocol'
import type { OpenClientConnection } from './client-connection.ts'
import { type ClientConnection, type Handler, type RequestContext, servedVersions } from './handler.ts'
import { unsupportedApiVersions } from './handlers/api-versions.ts'
import type { Services } from './services.ts'

/** Finds the handler of each request, and turns its answer into a frame. */
export class RequestRouter {
  readonly #services: Services
  readonly #handlers: ReadonlyMap<number, Handler<Api>>
  readonly #logger: Logger
  readonly #opened: Promise<void>
  #open: (() => void) | undefined
  #refuse: ((error: Error) => void) | undefined

  constructor(services: Services, handlers: readonly Handler<Api>[]) {
    this.#services = services
    this.#handlers = new Map(handlers.map(handler => [handler.api.key, handler]))
    this.#logger = services.logger
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
    const serve = (bytes: Uint8Array) => this.#serve(bytes, client)
    return {
      frame: bytes => (this.#open === undefined ? serve(bytes) : this.#opened.then(() => serve(bytes))),
      closed: () => client.closed(),
    }
  }

  // What cannot be answered in a way the client would understand (no request, an API or version that is not advertised)
  // closes the connection, as in Apache Kafka; the thrown error is logged with the client's address by the frame server.
  #serve(bytes: Uint8Array, client: ClientConnection): Outgoing | Promise<Outgoing> {
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
    const request = decodeRequest(api, header.apiVersion, reader)
    const sent = new SentCallbacks()
    return sent.guard(() => {
      const answer = handler.serve(request, this.#contextOf(header, client, sent))
      if (answer instanceof Promise) return answer.then(response => frameOf(api, header, response))
      return frameOf(api, header, answer)
    })
  }

  #contextOf(header: RequestHeader, client: ClientConnection, sent: SentCallbacks): RequestContext {
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

function frameOf(api: Api, header: RequestHeader, response: unknown): FrameParts | undefined {
  if (response === undefined) return undefined
  const writer = new ByteWriter()
  encodeResponseHeader(api, header.apiVersion, header.correlationId, writer)
  encodeResponse(api, header.apiVersion, response as ResponseOf<Api>, writer)
  return writer.finish()
}
