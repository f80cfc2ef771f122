import type { Cluster } from '../cluster/index.ts'
import { KafkaError, type KafkaErrorName, asKafkaError } from '../errors.ts'
import type { Assignment } from './assignment.ts'
import type { ConsumerConfig } from './consumer-config.ts'
import { retryAfter } from './fetching/retry-after.ts'
import type { GroupMetadata } from './groups/group-member.ts'
import {
  EARLIEST,
  LATEST,
  type TimeQuery,
  type WithError,
  fetchCommitted,
  leaderless,
  listOffsets,
  offsetsForEpochs,
} from './offsets.ts'
import type { PartitionState, Search } from './partition-state.ts'
import { type ResetPolicy, parseResetPolicy } from './reset-policy.ts'

/** Beside what is retriable: the member or the metadata are about to be newer. */
const passing = new Set<KafkaErrorName>([
  'STALE_MEMBER_EPOCH',
  'UNSTABLE_OFFSET_COMMIT',
  'FENCED_LEADER_EPOCH',
])

type FromPolicy = Extract<Search, { from: 'policy' | 'time' }>

/**
 * Finds where partitions are to be read from: committed offsets, offsets by time, and after a change of leaders
 * whether what was read is still there (KIP-320). Works on many partitions at once, a request a broker.
 */
export class Positions {
  readonly #cluster: Cluster
  readonly #config: ConsumerConfig
  readonly #assignment: Assignment
  readonly #member: () => GroupMetadata | undefined
  /** Something changed that others wait for. */
  readonly #changed: () => void
  readonly #policy: ResetPolicy
  /** Partitions a request is under way for. */
  readonly #busy = new Set<PartitionState>()

  constructor(
    cluster: Cluster,
    config: ConsumerConfig,
    assignment: Assignment,
    member: () => GroupMetadata | undefined,
    changed: () => void,
  ) {
    this.#cluster = cluster
    this.#config = config
    this.#assignment = assignment
    this.#member = member
    this.#changed = changed
    this.#policy = parseResetPolicy(config['auto.offset.reset'])!
  }

  get policy(): ResetPolicy {
    return this.#policy
  }

  /** Starts what can be done now; returns in how many milliseconds there is more. */
  work(): number {
    const now = this.#cluster.clock.monotonicMs()
    let nextMs = Number.POSITIVE_INFINITY
    const committed: PartitionState[] = []
    const searched: PartitionState[] = []
    const validated: PartitionState[] = []
    for (const state of this.#assignment) {
      if (this.#busy.has(state) || state.failure !== undefined || state.phase === 'fetching') continue
      if (state.retryAtMs > now) {
        nextMs = Math.min(nextMs, state.retryAtMs - now)
        continue
      }
      if (state.phase === 'validating') validated.push(state)
      else if (state.search?.from === 'committed') committed.push(state)
      else searched.push(state)
    }
    if (committed.length > 0) this.#run(committed, () => this.#findCommitted(committed))
    for (const [nodeId, some] of this.#byLeader(searched)) {
      this.#run(some, () => this.#findByTime(nodeId, some))
    }
    for (const [nodeId, some] of this.#byLeader(validated)) {
      this.#run(some, () => this.#validate(nodeId, some))
    }
    return nextMs
  }

  /** Says that a partition has no position any more; with the policy `none` that is for the application. */
  reset(state: PartitionState, reason: string): void {
    if (this.#policy.kind === 'none') {
      const message = `${reason}, and auto.offset.reset is none. Seek to where to go on.`
      state.failure = new KafkaError('OFFSET_OUT_OF_RANGE', message)
      return
    }
    this.#cluster.logger.info(`${reason}: going on by auto.offset.reset`, {
      policy: this.#config['auto.offset.reset'],
    })
    state.find({ from: 'policy', policy: this.#policy, reason })
  }

  #run(states: readonly PartitionState[], work: () => Promise<void>): void {
    for (const state of states) this.#busy.add(state)
    work()
      .catch(error => this.#failed(states, asKafkaError(error)))
      .finally(() => {
        for (const state of states) this.#busy.delete(state)
        this.#changed()
      })
  }

  #failed(states: readonly PartitionState[], error: KafkaError): void {
    if (error.code === 'CLOSED') return
    const isPassing = error.retriable || error.retry === 'rejoin' || passing.has(error.code)
    if (error.retry === 'coordinator' || error.code === 'DISCONNECTED') {
      const groupId = this.#config['group.id']
      if (groupId !== null) this.#cluster.forgetCoordinator('group', groupId)
    }
    for (const state of states) {
      if (state.isGone) continue
      if (isPassing) this.#later(state, error)
      else state.failure = error
    }
  }

  #later(state: PartitionState, error: KafkaError): void {
    retryAfter(this.#cluster, state)
    const isStale = error.retry === 'refresh' || error.code === 'FENCED_LEADER_EPOCH'
    if (isStale) this.#cluster.metadata.invalidate(state.topic)
  }

  #byLeader(states: readonly PartitionState[]): Map<number, PartitionState[]> {
    const nodes = new Map<number, PartitionState[]>()
    for (const state of states) {
      const leader = this.#cluster.metadata.leaderOf(state.topic, state.partition)
      if (leader === undefined) {
        this.#later(state, leaderless(state))
        state.lacksLeader = true
      } else nodes.set(leader.nodeId, [...(nodes.get(leader.nodeId) ?? []), state])
    }
    return nodes
  }

  async #findCommitted(states: readonly PartitionState[]): Promise<void> {
    const jumps = states.map(state => state.jumps)
    const groupId = this.#config['group.id']
    const found = groupId === null ? [] : await fetchCommitted(this.#cluster, groupId, states, this.#member())
    states.forEach((state, index) => {
      if (state.isGone || state.jumps !== jumps[index]) return
      const committed = found.find(
        ({ topic, partition }) => topic === state.topic && partition === state.partition,
      )
      if (committed === undefined) return this.#withoutCommitted(state)
      state.jumpTo(committed.offset, committed.leaderEpoch ?? -1)
      state.committed = committed.offset
    })
  }

  #withoutCommitted(state: PartitionState): void {
    if (this.#policy.kind === 'none') {
      const message = `${state.topic}-${state.partition} has no committed offset, and auto.offset.reset is none. Seek to where to start.`
      state.failure = new KafkaError('OFFSET_OUT_OF_RANGE', message)
    } else state.find({ from: 'policy', policy: this.#policy })
  }

  async #findByTime(nodeId: number, states: readonly PartitionState[]): Promise<void> {
    const jumps = states.map(state => state.jumps)
    const searches = states.map(state => state.search as FromPolicy)
    const queries = states.map(
      (state, index): TimeQuery => ({
        topic: state.topic,
        partition: state.partition,
        timestamp: this.#timeOf(searches[index]!),
      }),
    )
    const isCommittedOnly = this.#config['isolation.level'] === 'read_committed'
    const answers = await listOffsets(this.#cluster, nodeId, queries, isCommittedOnly)
    states.forEach((state, index) => {
      if (state.isGone || state.jumps !== jumps[index]) return
      const answer = answers.find(
        ({ topic, partition }) => topic === state.topic && partition === state.partition,
      )
      this.#takeFound(state, answer)
    })
  }

  #takeFound(
    state: PartitionState,
    answer: WithError<{ offset: number; leaderEpoch: number }> | undefined,
  ): void {
    if (answer === undefined || answer.errorCode !== 'NONE') {
      this.#failed([state], new KafkaError(answer?.errorCode ?? 'UNKNOWN_TOPIC_OR_PARTITION'))
      return
    }
    // Nothing that young: what comes next is.
    if (answer.offset < 0) state.find({ from: 'policy', policy: { kind: 'latest' } })
    else state.jumpTo(answer.offset, answer.leaderEpoch)
  }

  #timeOf(search: FromPolicy): number {
    if (search.from === 'time') return search.timestampMs
    const { policy } = search
    if (policy.kind === 'by_duration') return Math.max(0, this.#cluster.clock.now() - policy.durationMs)
    return policy.kind === 'latest' ? LATEST : EARLIEST
  }

  async #validate(nodeId: number, states: readonly PartitionState[]): Promise<void> {
    const jumps = states.map(state => state.jumps)
    const queries = states.map(state => ({
      topic: state.topic,
      partition: state.partition,
      currentLeaderEpoch: state.leaderEpoch,
      leaderEpoch: state.fetchEpoch,
    }))
    const ends = await offsetsForEpochs(this.#cluster, nodeId, queries).catch(error => {
      // Brokers too old to tell truncate rarely, and then the offset is out of range sooner or later.
      if (asKafkaError(error).code === 'UNSUPPORTED') return undefined
      throw error
    })
    states.forEach((state, index) => {
      if (state.isGone || state.jumps !== jumps[index]) return
      const end = ends?.find(({ topic, partition }) => topic === state.topic && partition === state.partition)
      if (ends !== undefined && (end === undefined || end.errorCode !== 'NONE')) {
        return this.#failed([state], new KafkaError(end?.errorCode ?? 'UNKNOWN_TOPIC_OR_PARTITION'))
      }
      this.#takeEnd(state, end)
    })
  }

  /** Compares where the leader's log of the last epoch ends with how far it was read. */
  #takeEnd(state: PartitionState, end: { leaderEpoch: number; endOffset: number } | undefined): void {
    state.failures = 0
    state.phase = 'fetching'
    if (end === undefined) return
    const name = `${state.topic}-${state.partition}`
    if (end.leaderEpoch < 0 || end.endOffset < 0) {
      this.reset(state, `${name} was truncated before the offset ${state.fetchOffset}`)
    } else if (end.endOffset < state.fetchOffset) this.#truncated(state, end)
  }

  #truncated(state: PartitionState, end: { leaderEpoch: number; endOffset: number }): void {
    const name = `${state.topic}-${state.partition}`
    const what = `${name} was read up to ${state.fetchOffset}, and truncated to ${end.endOffset} when its leader changed`
    if (this.#policy.kind === 'none') {
      const message = `${what}. Records were handed out that are no more; seek to where to go on.`
      state.failure = new KafkaError('OFFSET_OUT_OF_RANGE', message)
      return
    }
    this.#cluster.logger.warn(`${what}: going on there`)
    const { leaderEpoch } = state
    // What is queued and still there is fetched again.
    if (state.position < end.endOffset) state.jumpTo(state.position, state.positionEpoch)
    else state.jumpTo(end.endOffset, end.leaderEpoch)
    state.leaderEpoch = leaderEpoch
  }
}
