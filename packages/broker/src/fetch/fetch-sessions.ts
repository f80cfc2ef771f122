import type { Clock, Random } from '@samsa/base'
import type { ErrorName } from '@samsa/protocol'
import { toEnd } from '../steps.ts'

/** What a client asks of one partition, and what it was last told: an incremental answer repeats neither. */
export interface FetchPartition {
  /** Empty where the client names topics by id, until the id was found to be that of a topic. */
  topic: string
  /** ZERO_UUID when the client speaks a version that names topics. */
  topicId: string
  partitionIndex: number
  fetchOffset: number
  currentLeaderEpoch: number
  lastFetchedEpoch: number
  logStartOffset: number
  maxBytes: number
  /** Last told to the client; -1 before the first answer, and after an error. */
  toldHighWatermark: number
  toldLogStartOffset: number
}

/** One fetch in the frame of a session, or outside of any (KIP-227). */
export interface FetchContext {
  /** 0 when there is no session. */
  readonly sessionId: number
  /** Leave partitions without news out of the answer. */
  readonly isIncremental: boolean
  readonly partitions: readonly FetchPartition[]
  /** Puts a partition that was served to the end of the line, so that each gets its turn. */
  served(partition: FetchPartition): void
}

/** The parts of a Fetch request that concern its session. */
export interface SessionRequest {
  readonly sessionId: number
  readonly sessionEpoch: number
  /** Partitions to fetch, or in an incremental request those to add or change. */
  readonly partitions: readonly FetchPartition[]
  /** Partitions to drop from the session. */
  readonly forgotten: Iterable<{ topic: string; topicId: string; partitionIndex: number }>
  /** Whether topics are named by id (v13 on): a session does not change its mind. */
  readonly usesTopicIds: boolean
}

interface Session {
  readonly id: number
  readonly usesTopicIds: boolean
  readonly partitions: Map<string, FetchPartition>
  readonly createdAtMs: number
  epoch: number
  lastUsedMs: number
}

const INITIAL_EPOCH = 0
const FINAL_EPOCH = -1
const NO_SESSION = 0
/** A session this long unused may be replaced by a newcomer, one this old by a larger one (Kafka's figure). */
const EVICTION_AGE_MS = 120_000

const keyOf = (
  partition: { topic: string; topicId: string; partitionIndex: number },
  usesTopicIds: boolean,
) => `${usesTopicIds ? partition.topicId : partition.topic}/${partition.partitionIndex}`

/**
 * Fetch sessions of this broker (KIP-227): a client that follows many partitions names them once and then only what
 * changed. Bounded by `max.incremental.fetch.session.cache.slots`: when all slots are taken by sessions in use, a client
 * that follows more partitions takes the place of one that follows fewer and has had its session for a while; others are
 * served without one, which is only slower.
 */
export class FetchSessions {
  readonly #clock: Clock
  readonly #random: Random
  readonly #slots: () => number
  /** In order of last use, the longest unused first. */
  readonly #sessions = new Map<number, Session>()

  constructor(options: { clock: Clock; random: Random; slots: () => number }) {
    this.#clock = options.clock
    this.#random = options.random
    this.#slots = options.slots
  }

  get count(): number {
    return this.#sessions.size
  }

  /** Finds or opens the session a request belongs to. */
  contextOf(request: SessionRequest): FetchContext | { readonly error: ErrorName } {
    return toEnd(this.contextInSteps(request))
  }

  /** The same for many partitions, one a step: others may be served in between. */
  *contextInSteps(
    request: SessionRequest,
  ): Generator<undefined, FetchContext | { readonly error: ErrorName }> {
    if (request.sessionEpoch === INITIAL_EPOCH || request.sessionEpoch === FINAL_EPOCH) {
      this.#sessions.delete(request.sessionId)
      return yield* request.sessionEpoch === INITIAL_EPOCH ? this.#open(request) : sessionless(request)
    }
    const session = this.#sessions.get(request.sessionId)
    if (session === undefined) return { error: 'FETCH_SESSION_ID_NOT_FOUND' }
    if (request.sessionEpoch !== session.epoch) return { error: 'INVALID_FETCH_SESSION_EPOCH' }
    if (request.usesTopicIds !== session.usesTopicIds) return { error: 'FETCH_SESSION_TOPIC_ID_ERROR' }
    this.#touch(session)
    yield* update(session, request)
    if (session.partitions.size === 0) {
      this.#sessions.delete(session.id)
      return yield* sessionless(request)
    }
    return contextOf(session, true)
  }

  *#open(request: SessionRequest): Generator<undefined, FetchContext> {
    if (!this.#makeRoom(request.partitions.length)) return yield* sessionless(request)
    const session: Session = {
      id: this.#newId(),
      usesTopicIds: request.usesTopicIds,
      partitions: new Map(),
      createdAtMs: this.#clock.monotonicMs(),
      epoch: INITIAL_EPOCH,
      lastUsedMs: 0,
    }
    this.#touch(session)
    yield* update(session, request)
    return contextOf(session, false)
  }

  #touch(session: Session): void {
    session.epoch = session.epoch === 0x7fffffff ? 1 : session.epoch + 1
    session.lastUsedMs = this.#clock.monotonicMs()
    this.#sessions.delete(session.id)
    this.#sessions.set(session.id, session)
  }

  #makeRoom(partitionCount: number): boolean {
    if (this.#sessions.size < this.#slots()) return true
    const evicted = this.#evictable(partitionCount)
    return evicted !== undefined && this.#sessions.delete(evicted.id)
  }

  /** The session that gives way: the longest unused when it is that for long, or the smallest of the old ones. */
  #evictable(partitionCount: number): Session | undefined {
    const now = this.#clock.monotonicMs()
    const isLongAgo = (atMs: number) => now - atMs >= EVICTION_AGE_MS
    const [oldest] = this.#sessions.values()
    if (oldest !== undefined && isLongAgo(oldest.lastUsedMs)) return oldest
    let smallest: Session | undefined
    for (const session of this.#sessions.values()) {
      const isLeast = session.partitions.size < (smallest?.partitions.size ?? partitionCount)
      if (isLeast && isLongAgo(session.createdAtMs)) smallest = session
    }
    return smallest
  }

  #newId(): number {
    for (;;) {
      const id = 1 + this.#random.integer(0x7fffffff)
      if (!this.#sessions.has(id)) return id
    }
  }
}

function* sessionless({ partitions, usesTopicIds }: SessionRequest): Generator<undefined, FetchContext> {
  return {
    sessionId: NO_SESSION,
    isIncremental: false,
    partitions: partitions.length < 2 ? partitions : yield* eachOnce(partitions, usesTopicIds),
    served() {},
  }
}

/** Of a partition that was named twice, what was said last. */
function* eachOnce(
  partitions: readonly FetchPartition[],
  usesTopicIds: boolean,
): Generator<undefined, FetchPartition[]> {
  const byKey = new Map<string, FetchPartition>()
  for (const partition of partitions) {
    byKey.set(keyOf(partition, usesTopicIds), partition)
    yield
  }
  return [...byKey.values()]
}

function contextOf(session: Session, isIncremental: boolean): FetchContext {
  return {
    sessionId: session.id,
    isIncremental,
    partitions: [...session.partitions.values()],
    served(partition) {
      const key = keyOf(partition, session.usesTopicIds)
      if (session.partitions.delete(key)) session.partitions.set(key, partition)
    },
  }
}

/** Takes what is new, then drops what is to be forgotten: as in Apache Kafka, a partition that is both is gone. */
function* update(session: Session, request: SessionRequest): Generator<undefined, void> {
  for (const partition of request.partitions) {
    yield
    const key = keyOf(partition, session.usesTopicIds)
    const known = session.partitions.get(key)
    if (known === undefined) session.partitions.set(key, partition)
    else Object.assign(known, partition, whatIsKnown(known))
  }
  for (const forgotten of request.forgotten) {
    session.partitions.delete(keyOf(forgotten, session.usesTopicIds))
    yield
  }
}

const whatIsKnown = ({ topic, toldHighWatermark, toldLogStartOffset }: FetchPartition) => ({
  topic,
  toldHighWatermark,
  toldLogStartOffset,
})
