import {
  ByteReader,
  ByteWriter,
  type Network,
  type SimulatedWorld,
  type World,
  silentLogger,
} from '@samsa/base'
import { type FrameConnection, type FrameListener, type Outgoing, serveFrames } from '@samsa/net'
import {
  type Api,
  ApiVersions,
  type ErrorName,
  type RequestHeader,
  type RequestOf,
  type ResponseOf,
  apiOf,
  apis,
  decodeRequest,
  decodeRequestHeader,
  encodeResponse,
  encodeResponseHeader,
} from '@samsa/protocol'

/** What a peer does with a request: answer, answer with these bytes, say nothing, or cut the connection. */
export type Reaction<A extends Api> = ResponseOf<A> | Uint8Array | 'silence' | 'cut'

export interface Asked<A extends Api = Api> {
  readonly api: A
  readonly version: number
  readonly header: RequestHeader
  readonly connectionId: number
  readonly atMs: number
  readonly request: RequestOf<A>
}

type Script<A extends Api> = (asked: Asked<A>) => Reaction<A> | Promise<Reaction<A>>

export interface PeerOptions {
  readonly host?: string
  readonly port?: number
  /** Newest versions to claim, by API name; 'none' for an API the peer does not know. */
  readonly versions?: Readonly<Record<string, number | 'none'>>
  /** Default: the world's. */
  readonly network?: Network
}

/** A broker that does what a test says: answers by script, keeps what it was asked. */
export class ScriptedPeer {
  readonly world: World
  readonly asked: Asked[] = []
  versions: Record<string, number | 'none'>
  readonly #scripts = new Map<number, Script<Api>>()
  readonly #options: PeerOptions
  #listener!: FrameListener
  connectionsSeen = 0

  private constructor(world: World, options: PeerOptions) {
    this.world = world
    this.#options = options
    this.versions = { ...options.versions }
    this.on(ApiVersions, asked => this.#apiVersions(asked))
  }

  /** Starts a peer on a machine of its own, named by `host`. */
  static async listen(world: SimulatedWorld, options: PeerOptions = {}): Promise<ScriptedPeer> {
    const host = options.host ?? 'kafka'
    const peer = new ScriptedPeer(world.host(host), options)
    await peer.start()
    return peer
  }

  /** Starts a peer in this world itself: on this machine's loopback, when it is the real one. */
  static async listenHere(world: World, options: PeerOptions): Promise<ScriptedPeer> {
    const peer = new ScriptedPeer(world, options)
    await peer.start()
    return peer
  }

  async start(): Promise<void> {
    const { host = 'kafka', port = 9092, network } = this.#options
    this.#listener = await serveFrames({
      network: network ?? this.world.network,
      clock: this.world.clock,
      logger: silentLogger,
      address: { host, port },
      accept: connection => {
        this.connectionsSeen++
        return { frame: bytes => this.#serve(connection, bytes) }
      },
    })
  }

  get address(): string {
    return `${this.#options.host ?? 'kafka'}:${this.#listener.address.port}`
  }

  get openConnections(): number {
    return this.#listener.connectionCount
  }

  /** Says what to do with requests of an API; the last word counts. */
  on<A extends Api>(api: A, script: Script<NoInfer<A>>): this {
    this.#scripts.set(api.key, script as unknown as Script<Api>)
    return this
  }

  /** Requests of an API, in order. */
  of<A extends Api>(api: A): Asked<A>[] {
    return this.asked.filter(asked => asked.api.key === api.key) as unknown as Asked<A>[]
  }

  close(): Promise<void> {
    return this.#listener.close({ timeoutMs: 0 })
  }

  async #serve(connection: FrameConnection, bytes: Uint8Array): Promise<Outgoing> {
    const reader = new ByteReader(bytes.slice())
    const header = decodeRequestHeader(reader)
    const api = apiOf(header.apiKey)!
    const known = this.#rangeOf(api)
    if (header.apiKey === ApiVersions.key && header.apiVersion > (known?.max ?? -1)) {
      return this.#answer(api, 0, header, {
        errorCode: 'UNSUPPORTED_VERSION',
        apiKeys: this.#apiKeys(),
      } as ResponseOf<Api>)
    }
    const request = decodeRequest(api, header.apiVersion, reader)
    const asked: Asked = {
      api,
      version: header.apiVersion,
      header,
      connectionId: connection.id,
      atMs: this.world.clock.monotonicMs(),
      request,
    }
    this.asked.push(asked)
    const script = this.#scripts.get(api.key)
    const reaction = script === undefined ? 'cut' : await script(asked)
    if (reaction === 'silence') return new Promise(() => {})
    if (reaction === 'cut') throw new Error('cut by the script')
    return this.#answer(api, header.apiVersion, header, reaction)
  }

  #answer(
    api: Api,
    version: number,
    header: RequestHeader,
    response: ResponseOf<Api> | Uint8Array,
  ): Outgoing {
    const writer = new ByteWriter()
    encodeResponseHeader(api, version, header.correlationId, writer)
    if (response instanceof Uint8Array) writer.bytes(response)
    else encodeResponse(api, version, response, writer)
    return writer.finish()
  }

  #apiVersions(_asked: Asked<typeof ApiVersions>): ResponseOf<typeof ApiVersions> {
    return { errorCode: 'NONE', apiKeys: this.#apiKeys() }
  }

  #apiKeys() {
    return apis.flatMap(api => {
      const range = this.#rangeOf(api)
      return range === undefined ? [] : [{ apiKey: api.key, minVersion: range.min, maxVersion: range.max }]
    })
  }

  #rangeOf(api: Api): { min: number; max: number } | undefined {
    const isTelemetry = api.name.includes('Telemetry') && !this.#scripts.has(api.key)
    const max = this.versions[api.name] ?? (isTelemetry ? 'none' : api.maxVersion)
    return max === 'none' ? undefined : { min: api.minVersion, max }
  }
}

export interface ScriptedTopic {
  readonly name: string
  readonly id?: string
  /** Leader and epoch by partition; the epoch is 0 unless given. */
  readonly leaders: readonly (number | readonly [leader: number, epoch: number])[]
}

/** A Metadata answer from what matters to a test. Brokers are `id: 'host:port'`. */
export function metadataAnswer(
  brokers: Readonly<Record<number, string>>,
  topics: readonly (ScriptedTopic | { name: string; error: ErrorName })[] = [],
) {
  return {
    clusterId: 'cluster',
    controllerId: Number(Object.keys(brokers)[0] ?? -1),
    brokers: Object.entries(brokers).map(([id, address]) => {
      const at = address.lastIndexOf(':')
      return { nodeId: Number(id), host: address.slice(0, at), port: Number(address.slice(at + 1)) }
    }),
    topics: topics.map(topic => ('error' in topic ? failedTopic(topic) : knownTopic(topic))),
  }
}

function failedTopic({ name, error }: { name: string; error: ErrorName }) {
  return { errorCode: error, name, partitions: [] }
}

function knownTopic({ name, id, leaders }: ScriptedTopic) {
  return {
    errorCode: 'NONE' as const,
    name,
    ...(id !== undefined && { topicId: id }),
    partitions: leaders.map((entry, partitionIndex) => {
      const [leaderId, leaderEpoch] = typeof entry === 'number' ? [entry, 0] : entry
      return {
        errorCode: 'NONE' as const,
        partitionIndex,
        leaderId,
        leaderEpoch,
        replicaNodes: [leaderId],
        isrNodes: [leaderId],
      }
    }),
  }
}
