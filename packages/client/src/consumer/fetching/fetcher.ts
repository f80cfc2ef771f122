import { type Timer, ZERO_UUID } from '@samsa/base'
import { type CompleteResponseOf, type ErrorName, Fetch, type RequestDraftOf } from '@samsa/protocol'
import type { Cluster } from '../../cluster/index.ts'
import { KafkaError, asKafkaError } from '../../errors.ts'
import { type Assignment, byTopic } from '../assignment.ts'
import type { ConsumerConfig } from '../consumer-config.ts'
import { type PartitionState, partitionKey } from '../partition-state.ts'
import type { Positions } from '../positions.ts'
import { Chunk } from './chunk.ts'
import { type FetchItem, FetchSession, type SessionRequest } from './fetch-session.ts'
import { retryAfter } from './retry-after.ts'

type FetchAnswer = CompleteResponseOf<typeof Fetch>
type PartitionAnswer = FetchAnswer['responses'][number]['partitions'][number]

/** Fetching of one broker. */
interface FetchNode {
  readonly session: FetchSession
  isBusy: boolean
  /** Since when a full queue of one partition holds back the others, on the monotonic clock. */
  heldSinceMs: number | undefined
  retryAtMs: number
  failures: number
}

/**
 * While a partition's queue is full the broker is not asked about the others at first: the application usually makes
 * room within that time, and a request without the partition would keep it waiting for as long as the others are quiet.
 */
const HOLD_MS = 100
/** Then the others are asked for, and the broker may wait no longer than that for their records. */
const WAIT_MS_WHILE_FULL = 50
/** Batches inflate to this many bytes at most; what a hostile producer compressed is refused. */
const MAX_INFLATED_BYTES = 256 * 1024 * 1024

export interface FetcherCounters {
  fetches: number
  fetchedBytes: number
  fetchFailures: number
}

/**
 * Keeps the queues of partitions filled: at any time one fetch to each broker that has something to offer.
 *
 * A partition is asked for while less than `max.partition.fetch.bytes` of it are queued and all queues together hold
 * less than `fetch.max.bytes`, so that memory stays bounded whatever the application does.
 */
export class Fetcher {
  readonly counters: FetcherCounters = { fetches: 0, fetchedBytes: 0, fetchFailures: 0 }
  readonly #cluster: Cluster
  readonly #config: ConsumerConfig
  readonly #assignment: Assignment
  readonly #positions: Positions
  /** Records or a failure arrived. */
  readonly #arrived: () => void
  readonly #nodes = new Map<number, FetchNode>()
  readonly #unsubscribe: () => void
  #timer: Timer | undefined
  #isPlanned = false
  #isClosed = false

  constructor(
    cluster: Cluster,
    config: ConsumerConfig,
    assignment: Assignment,
    positions: Positions,
    arrived: () => void,
  ) {
    this.#cluster = cluster
    this.#config = config
    this.#assignment = assignment
    this.#positions = positions
    this.#arrived = arrived
    this.#unsubscribe = cluster.metadata.onChange(() => this.poke())
  }

  /** Something changed: looks soon whether there is more to fetch. */
  poke(): void {
    if (this.#isPlanned || this.#isClosed) return
    this.#isPlanned = true
    this.#cluster.clock.defer(() => {
      this.#isPlanned = false
      if (!this.#isClosed) this.#work()
    })
  }

  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
    this.#unsubscribe()
  }

  #work(): void {
    const now = this.#cluster.clock.monotonicMs()
    for (const state of this.#assignment) this.#checkTopic(state)
    let nextMs = this.#positions.work()
    for (const [nodeId, states] of this.#byNode(now)) {
      nextMs = Math.min(nextMs, this.#workOn(nodeId, states, now))
    }
    for (const state of this.#assignment) {
      if (state.retryAtMs > now) nextMs = Math.min(nextMs, state.retryAtMs - now)
    }
    this.#timer?.cancel()
    this.#timer = undefined
    if (nextMs !== Number.POSITIVE_INFINITY) {
      this.#timer = this.#cluster.clock.timer(Math.max(1, nextMs), () => this.poke())
    }
    // Partitions may have failed.
    this.#arrived()
  }

  /** Looks whether the topic was made anew, or has another leader. */
  #checkTopic(state: PartitionState): void {
    const topic = this.#cluster.metadata.topic(state.topic)
    if (topic === undefined) return
    if (state.topicId !== ZERO_UUID && topic.id !== ZERO_UUID && topic.id !== state.topicId) {
      this.#recreated(state)
    }
    state.topicId = topic.id
    if (state.lacksLeader && this.#cluster.metadata.leaderOf(state.topic, state.partition) !== undefined) {
      state.lacksLeader = false
      state.retryAtMs = 0
    }
    const epoch = topic.partitions[state.partition]?.leaderEpoch ?? -1
    if (state.phase !== 'fetching' || epoch <= state.leaderEpoch) return
    // The first leader is as good as the one the position came from, unless that had an epoch.
    state.leaderEpoch = epoch
    state.preferredReplica = undefined
    if (state.fetchEpoch >= 0 && epoch > state.fetchEpoch) state.phase = 'validating'
  }

  /** A topic that was deleted and made anew has a new log: all in it is new to us. */
  #recreated(state: PartitionState): void {
    const reason = `${state.topic} was deleted and made anew`
    if (this.#positions.policy.kind === 'none') {
      this.#positions.reset(state, reason)
      return
    }
    this.#cluster.logger.warn(`${reason}: reading ${state.topic}-${state.partition} from its beginning`)
    state.find({ from: 'policy', policy: { kind: 'earliest' }, reason })
    state.committed = -1
  }

  #byNode(now: number): Map<number, PartitionState[]> {
    const nodes = new Map<number, PartitionState[]>()
    for (const state of this.#assignment) {
      if (state.phase !== 'fetching' || !state.isOpen || state.failure !== undefined) continue
      if (state.retryAtMs > now) continue
      const nodeId = this.#nodeFor(state, now)
      if (nodeId === undefined) {
        retryAfter(this.#cluster, state)
        state.lacksLeader = true
        this.#cluster.metadata.invalidate(state.topic)
        continue
      }
      const list = nodes.get(nodeId)
      if (list === undefined) nodes.set(nodeId, [state])
      else list.push(state)
    }
    return nodes
  }

  #nodeFor(state: PartitionState, now: number): number | undefined {
    const { metadata } = this.#cluster
    const preferred = state.preferredReplica
    if (preferred !== undefined) {
      const isThere = metadata.brokers().some(({ nodeId }) => nodeId === preferred.nodeId)
      if (isThere && preferred.untilMs > now) return preferred.nodeId
      state.preferredReplica = undefined
    }
    return metadata.leaderOf(state.topic, state.partition)?.nodeId
  }

  /** Returns in how many milliseconds to look again. */
  #workOn(nodeId: number, states: readonly PartitionState[], now: number): number {
    const node = this.#node(nodeId)
    if (node.isBusy) return Number.POSITIVE_INFINITY
    if (node.retryAtMs > now) return node.retryAtMs - now
    if (this.#totalQueued() >= this.#config['fetch.max.bytes']) return Number.POSITIVE_INFINITY
    const wanted = states.filter(({ queuedBytes }) => queuedBytes < this.#config['max.partition.fetch.bytes'])
    if (wanted.length === 0) {
      node.heldSinceMs = undefined
      return Number.POSITIVE_INFINITY
    }
    const areSomeFull = wanted.length < states.length
    if (areSomeFull) {
      node.heldSinceMs ??= now
      const leftMs = node.heldSinceMs + HOLD_MS - now
      if (leftMs > 0) return leftMs
    }
    node.heldSinceMs = undefined
    void this.#fetch(nodeId, node, wanted, areSomeFull)
    return Number.POSITIVE_INFINITY
  }

  #totalQueued(): number {
    let total = 0
    for (const { queuedBytes } of this.#assignment) total += queuedBytes
    return total
  }

  #node(nodeId: number): FetchNode {
    let node = this.#nodes.get(nodeId)
    if (node === undefined) {
      node = { session: new FetchSession(), isBusy: false, heldSinceMs: undefined, retryAtMs: 0, failures: 0 }
      this.#nodes.set(nodeId, node)
    }
    return node
  }

  async #fetch(
    nodeId: number,
    node: FetchNode,
    states: readonly PartitionState[],
    areSomeFull: boolean,
  ): Promise<void> {
    node.isBusy = true
    const asked = new Map(states.map(state => [state.key, { state, jumps: state.jumps }]))
    const request = node.session.next(states.map(state => this.#itemOf(state)))
    this.counters.fetches++
    try {
      const answer = await this.#send(nodeId, request, areSomeFull)
      if (this.#isClosed) return
      node.failures = 0
      if (node.session.answered(answer.errorCode, answer.sessionId)) this.#take(answer, asked, nodeId)
      else this.#sessionFailed(node, answer.errorCode)
    } catch (error) {
      node.session.broken()
      if (!this.#isClosed) this.#failed(node, states, asKafkaError(error))
    } finally {
      node.isBusy = false
      this.poke()
    }
  }

  #itemOf(state: PartitionState): FetchItem {
    return {
      topic: state.topic,
      topicId: state.topicId,
      partition: state.partition,
      fetchOffset: state.fetchOffset,
      currentLeaderEpoch: state.preferredReplica === undefined ? state.leaderEpoch : -1,
      partitionMaxBytes: this.#config['max.partition.fetch.bytes'],
    }
  }

  #send(nodeId: number, request: SessionRequest, areSomeFull: boolean): Promise<FetchAnswer> {
    const config = this.#config
    const waitMs = config['fetch.max.wait.ms']
    const { items, forgotten, sessionId, sessionEpoch } = request
    const draft = (version: number): RequestDraftOf<typeof Fetch> => ({
      maxWaitMs: areSomeFull ? Math.min(waitMs, WAIT_MS_WHILE_FULL) : waitMs,
      minBytes: config['fetch.min.bytes'],
      maxBytes: config['fetch.max.bytes'],
      isolationLevel: config['isolation.level'] === 'read_committed' ? 1 : 0,
      sessionId,
      sessionEpoch,
      topics: [...byTopic(items)].map(([topic, some]) => ({
        topic,
        topicId: some[0]!.topicId,
        partitions: some,
      })),
      ...(version >= 7 && {
        forgottenTopicsData: [...byTopic(forgotten)].map(([topic, some]) => ({
          topic,
          topicId: some[0]!.topicId,
          partitions: some.map(({ partition }) => partition),
        })),
      }),
      rackId: config['client.rack'],
    })
    // From v13 on topics are named by their ids, which all have to be known.
    const haveIds = [...items, ...forgotten].every(({ topicId }) => topicId !== ZERO_UUID)
    return this.#cluster.send(Fetch, nodeId, draft, {
      purpose: 'fetch',
      timeoutMs: config['request.timeout.ms'] + waitMs,
      minVersion: config['isolation.level'] === 'read_committed' ? 4 : 0,
      ...(!haveIds && { maxVersion: 12 }),
    })
  }

  #sessionFailed(node: FetchNode, errorCode: ErrorName): void {
    const isAboutSession =
      errorCode === 'FETCH_SESSION_ID_NOT_FOUND' || errorCode === 'INVALID_FETCH_SESSION_EPOCH'
    this.#cluster.logger.debug('a fetch session ended', { errorCode })
    if (isAboutSession) return
    this.#backOff(node)
    for (const topic of this.#assignment.topics) this.#cluster.metadata.invalidate(topic)
  }

  #failed(node: FetchNode, states: readonly PartitionState[], error: KafkaError): void {
    if (error.code === 'CLOSED') return
    this.counters.fetchFailures++
    this.#cluster.logger.debug('a fetch failed', { error: error.message })
    if (!error.retriable) {
      for (const state of states) state.failure ??= error
      this.#arrived()
      return
    }
    this.#backOff(node)
    for (const state of states) {
      state.preferredReplica = undefined
      this.#cluster.metadata.invalidate(state.topic)
    }
  }

  #backOff(node: FetchNode): void {
    const { config, clock } = this.#cluster
    const ms = Math.min(config['retry.backoff.ms'] * 2 ** node.failures++, config['retry.backoff.max.ms'])
    node.retryAtMs = clock.monotonicMs() + ms
  }

  #take(
    answer: FetchAnswer,
    asked: ReadonlyMap<string, { state: PartitionState; jumps: number }>,
    nodeId: number,
  ): void {
    const { metadata } = this.#cluster
    for (const { topic, topicId, partitions } of answer.responses) {
      const name = topicId === ZERO_UUID ? topic : (metadata.topicById(topicId)?.name ?? topic)
      for (const one of partitions) {
        const found = asked.get(partitionKey(name, one.partitionIndex))
        // Sessions may tell of partitions that were not asked for again.
        if (found === undefined || found.state.isGone || found.state.jumps !== found.jumps) continue
        this.#hint(found.state, one, answer)
        this.#takePartition(found.state, one, nodeId)
      }
    }
    this.#arrived()
  }

  /** Brokers say who leads a partition instead of them (KIP-951). */
  #hint(state: PartitionState, { currentLeader }: PartitionAnswer, { nodeEndpoints }: FetchAnswer): void {
    const { leaderId, leaderEpoch } = currentLeader
    if (leaderId < 0) return
    const endpoint = nodeEndpoints.find(({ nodeId }) => nodeId === leaderId)
    this.#cluster.metadata.updateLeader(state.topic, state.partition, leaderId, leaderEpoch, endpoint)
  }

  #takePartition(state: PartitionState, answer: PartitionAnswer, nodeId: number): void {
    if (answer.errorCode !== 'NONE') {
      this.#partitionFailed(state, answer.errorCode, nodeId)
      return
    }
    state.failures = 0
    state.highWatermark = answer.highWatermark
    state.lastStableOffset = answer.lastStableOffset
    state.logStartOffset = answer.logStartOffset
    if (answer.preferredReadReplica >= 0) {
      const untilMs = this.#cluster.clock.monotonicMs() + this.#cluster.config['metadata.max.age.ms']
      state.preferredReplica = { nodeId: answer.preferredReadReplica, untilMs }
    }
    const { records } = answer
    if (records === null || records.length === 0) return
    this.counters.fetchedBytes += records.length
    const isCommittedOnly = this.#config['isolation.level'] === 'read_committed'
    const options = {
      topic: state.topic,
      partition: state.partition,
      checkCrcs: this.#config['check.crcs'],
      maxInflatedBytes: MAX_INFLATED_BYTES,
    }
    const chunk = new Chunk(
      records,
      options,
      isCommittedOnly ? (answer.abortedTransactions ?? []) : undefined,
    )
    if (chunk.nextOffset === undefined) {
      const message = `The broker answered for ${state.topic}-${state.partition} at ${state.fetchOffset} with no whole batch.`
      state.failure = new KafkaError('RECORD_LIST_TOO_LARGE', message)
      return
    }
    state.chunks.push(chunk)
    state.queuedBytes += chunk.remainingBytes
    state.fetchOffset = Math.max(state.fetchOffset, chunk.nextOffset)
    state.fetchEpoch = chunk.lastEpoch
  }

  #partitionFailed(state: PartitionState, code: ErrorName, nodeId: number): void {
    const { metadata, logger } = this.#cluster
    this.counters.fetchFailures++
    logger.debug('a partition could not be fetched', { topic: state.topic, partition: state.partition, code })
    if (code === 'OFFSET_OUT_OF_RANGE') {
      this.#outOfRange(state, nodeId)
      return
    }
    const error = new KafkaError(code, `${state.topic}-${state.partition} cannot be fetched: ${code}`)
    const isPassing = error.retriable || code === 'FENCED_LEADER_EPOCH' || code === 'UNKNOWN_SERVER_ERROR'
    if (!isPassing) {
      state.failure = error
      return
    }
    state.preferredReplica = undefined
    retryAfter(this.#cluster, state)
    metadata.invalidate(state.topic)
  }

  #outOfRange(state: PartitionState, nodeId: number): void {
    if (state.preferredReplica?.nodeId === nodeId) {
      // The follower may lag behind, the leader knows.
      state.preferredReplica = undefined
      return
    }
    const reason = `the offset ${state.fetchOffset} of ${state.topic}-${state.partition} does not exist`
    if (!state.hasData) {
      this.#positions.reset(state, reason)
      return
    }
    // What is queued is still good: first it is handed out, then this is found out again.
    retryAfter(this.#cluster, state)
  }
}
