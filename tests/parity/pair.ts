import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Api,
  ApiVersions,
  Fetch,
  OffsetCommit,
  OffsetFetch,
  Produce,
  type RequestDraftOf,
} from '@samsa/protocol'
import type { Range } from '../wire/ranges.ts'
import { type Place, WireConnection, decodeAnswer, encodeFrame } from '../wire/wire-connection.ts'
import { type Difference, differencesOf } from './differences.ts'
import { explanationOf } from './explained.ts'
import { normalised } from './normalise.ts'

export type Side = 'kafka' | 'samsa'

// Answers are looked into by scripts for ids and offsets; their fields differ from API to API.
// biome-ignore lint/suspicious/noExplicitAny: the type is the API's, which a script knows
export type AnyAnswer = any

/** A request for both, or one for each side where ids differ. */
export type Asked<A extends Api> = RequestDraftOf<A> | ((side: Side) => RequestDraftOf<A>)

/** The oldest versions that Kafka 4 serves, where it dropped some (KIP-896). Configuration keys are always Kafka 4's. */
const droppedBelow: Readonly<Record<string, number>> = {
  Produce: 3,
  Fetch: 4,
  ListOffsets: 1,
  OffsetCommit: 2,
  OffsetFetch: 1,
  CreateTopics: 2,
  DeleteTopics: 1,
  OffsetForLeaderEpoch: 2,
  DescribeLogDirs: 1,
}

/** Two brokers that are asked the same, in step. Differences are gathered. */
export class Pair {
  readonly differences: Difference[] = []
  asked = 0
  readonly #places: Record<Side, Place>
  readonly #ranges: Record<Side, Map<number, Range>>
  readonly #connections: Partial<Record<Side, WireConnection>> = {}
  /** Names by topic id: each broker makes ids of its own. */
  readonly #topics: Record<Side, Map<string, string>> = { kafka: new Map(), samsa: new Map() }

  constructor(places: Record<Side, Place>, ranges: Record<Side, Map<number, Range>>) {
    this.#places = places
    this.#ranges = ranges
  }

  /** Lets answers that name a topic by its id be compared by the topic. */
  nameTopic(ids: Record<Side, string>, name: string): void {
    for (const side of ['kafka', 'samsa'] as const) this.#topics[side].set(ids[side], `id of ${name}`)
  }

  /** Versions of an API that both speak; beside Kafka 3 only those that Kafka 4 dropped, the rest is Kafka 4's to say. */
  versions(api: Api): number[] {
    return this.#common(api).filter(version => !this.#isKafka3 || version < (droppedBelow[api.name] ?? 0))
  }

  get #isKafka3(): boolean {
    return (this.#ranges.kafka.get(Fetch.key)?.min ?? 4) < 4
  }

  #common(api: Api): number[] {
    const [kafka, samsa] = [this.#ranges.kafka.get(api.key), this.#ranges.samsa.get(api.key)]
    if (kafka === undefined || samsa === undefined) return []
    const [min, max] = [
      Math.max(kafka.min, samsa.min, this.#leastServed(api)),
      Math.min(kafka.max, samsa.max),
    ]
    return Array.from({ length: Math.max(0, max - min + 1) }, (_, index) => min + index)
  }

  /**
   * Kafka 4 names Produce 0 to 2 only so that old librdkafkas keep their codecs, and hangs up when they are used. Offsets
   * of version 0 were in ZooKeeper: Kafka without one refuses, Samsa keeps them like any others.
   */
  #leastServed(api: Api): number {
    if (api === Produce) return this.#isKafka3 ? 0 : 3
    return api === OffsetCommit || api === OffsetFetch ? 1 : 0
  }

  /** The newest version both speak, for requests that only prepare something. */
  newest(api: Api): number {
    return this.#common(api).at(-1) ?? api.maxVersion
  }

  /** Asks both, compares what is comparable, and answers with both answers; undefined for one that hung up. */
  async ask<A extends Api>(
    label: string,
    api: A,
    version: number,
    asked: Asked<A>,
  ): Promise<Record<Side, AnyAnswer>> {
    this.asked++
    const { answers, found } = await this.#compare(label, api, version, asked)
    this.differences.push(...found)
    return answers
  }

  /**
   * Asks for what an earlier request changed, again while answers differ for up to two seconds: Kafka's broker learns
   * what its controller stored a moment later.
   */
  async askUntilSettled<A extends Api>(
    label: string,
    api: A,
    version: number,
    asked: Asked<A>,
  ): Promise<void> {
    this.asked++
    const end = Date.now() + 2000
    for (;;) {
      const { found } = await this.#compare(label, api, version, asked)
      const isSettled = found.every(one => explanationOf(one) !== undefined)
      if (!isSettled && Date.now() < end) {
        await sleep(50)
        continue
      }
      this.differences.push(...found)
      return
    }
  }

  /**
   * Sends both the same bytes, each on a connection of its own, and compares what comes back: an answer to a request of
   * `decoded`, bytes as they are without it, or the end of the connection.
   */
  async askFrame(
    label: string,
    frame: Uint8Array,
    decoded?: readonly [api: Api, version: number],
  ): Promise<void> {
    this.asked++
    const one = async (side: Side): Promise<AnyAnswer> => {
      const connection = await WireConnection.open(this.#places[side])
      try {
        const answer = await within(15_000, connection.exchange(frame))
        return decoded === undefined ? { answer } : decodeAnswer(...decoded, answer)
      } catch (error) {
        return { noAnswer: error instanceof Error ? error.message : `${error}` }
      } finally {
        connection.close()
      }
    }
    const [kafka, samsa] = await Promise.all([one('kafka'), one('samsa')])
    const [api, version] = decoded ?? [ApiVersions, 0]
    const fields = differencesOf(normalised(api, kafka, new Map()), normalised(api, samsa, new Map()))
    this.differences.push(...fields.map(field => ({ ...field, api: api.name, version, label })))
  }

  /** Asks both without comparing. */
  async prepare<A extends Api>(api: A, asked: Asked<A>): Promise<Record<Side, AnyAnswer>> {
    return this.#both(api, this.newest(api), asked)
  }

  close(): void {
    for (const connection of Object.values(this.#connections)) connection.close()
  }

  async #compare<A extends Api>(label: string, api: A, version: number, asked: Asked<A>) {
    const answers = await this.#both(api, version, asked)
    const plain = (side: Side) => normalised(api, answers[side], this.#topics[side])
    const fields = differencesOf(plain('kafka'), plain('samsa'))
    const found: Difference[] = fields.map(one => ({ ...one, api: api.name, version, label }))
    return { answers, found }
  }

  async #both<A extends Api>(api: A, version: number, asked: Asked<A>): Promise<Record<Side, AnyAnswer>> {
    const [kafka, samsa] = await Promise.all(
      (['kafka', 'samsa'] as const).map(side => this.#one(side, api, version, asked)),
    )
    return { kafka, samsa }
  }

  async #one<A extends Api>(side: Side, api: A, version: number, asked: Asked<A>): Promise<AnyAnswer> {
    const request = typeof asked === 'function' ? asked(side) : asked
    const connection = await this.#connection(side)
    try {
      const answer = await within(15_000, connection.exchange(encodeFrame(api, version, request, 1)))
      return decodeAnswer(api, version, answer)
    } catch (error) {
      connection.close()
      return { noAnswer: error instanceof Error ? error.message : `${error}` }
    }
  }

  async #connection(side: Side): Promise<WireConnection> {
    const open = this.#connections[side]
    if (open !== undefined && !open.isClosed) return open
    const connection = await WireConnection.open(this.#places[side])
    this.#connections[side] = connection
    return connection
  }
}

function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  return new Promise((done, failed) => {
    const late = setTimeout(() => failed(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs)
    work.then(done, failed).finally(() => clearTimeout(late))
  })
}
