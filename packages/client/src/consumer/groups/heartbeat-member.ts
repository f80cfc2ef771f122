import { randomUuid } from '@samsa/base'
import { type CompleteResponseOf, ConsumerGroupHeartbeat } from '@samsa/protocol'
import { type Cluster, backOffMs } from '../../cluster/index.ts'
import { KafkaError, type KafkaErrorName, asKafkaError } from '../../errors.ts'
import type { TopicPartition } from '../../records/consumer-record.ts'
import type { ConsumerConfig } from '../consumer-config.ts'
import { Pause } from '../pause.ts'
import { type GroupHost, type GroupMember, type GroupMetadata, without } from './group-member.ts'
import { nextHeartbeatMs } from './heartbeat-interval.ts'
import { tellOfLeaving } from './leaving.ts'

type Answer = CompleteResponseOf<typeof ConsumerGroupHeartbeat>
type TopicPartitions = readonly { readonly topicId: string; readonly partitions: readonly number[] }[]

/** Epochs that stand for something: not in the group, leaving it, and leaving it for a while as a static member. */
const JOIN_EPOCH = 0
const LEAVE_EPOCH = -1
const LEAVE_STATIC_EPOCH = -2

/** What a heartbeat tells, each only when it changed since the coordinator last heard of it. */
interface Told {
  topics: string | undefined
  pattern: string | undefined
  owned: string | undefined
}

/**
 * A member of a group of the new protocol (KIP-848): the coordinator shares out the partitions, and one request does
 * everything. The answer carries what the member should have; it gives up the rest first, says so, and takes on the
 * new; the others go on undisturbed.
 */
export class HeartbeatMember implements GroupMember {
  readonly #cluster: Cluster
  readonly #config: ConsumerConfig
  readonly #host: GroupHost
  readonly #groupId: string
  readonly #instanceId: string | undefined
  readonly #pause: Pause
  readonly #abort = new AbortController()
  #memberId: string
  #epoch = JOIN_EPOCH
  #intervalMs = 0
  #joinedAtMs = 0
  #target: TopicPartitions | undefined
  #told: Told = { topics: undefined, pattern: undefined, owned: undefined }
  #running: Promise<void> | undefined
  /** Giving up and taking on, which heartbeats do not wait for. */
  #reconciling: Promise<void> | undefined
  #isStopped = false
  #failures = 0
  #unfollow: (() => void) | undefined

  constructor(cluster: Cluster, config: ConsumerConfig, host: GroupHost) {
    this.#cluster = cluster
    this.#config = config
    this.#host = host
    this.#groupId = config['group.id']!
    this.#instanceId = config['group.instance.id'] ?? undefined
    this.#memberId = randomUuid(cluster.random)
    this.#pause = new Pause(cluster.clock)
  }

  get metadata(): GroupMetadata {
    return {
      groupId: this.#groupId,
      generationId: this.#epoch,
      memberId: this.#memberId,
      groupInstanceId: this.#instanceId,
      protocol: 'consumer',
    }
  }

  start(): void {
    if (this.#running !== undefined || this.#isStopped) return
    // Names of assigned topics are learnt from their ids by asking for all that the member can see.
    this.#unfollow = this.#cluster.metadata.onChange(() => this.#reconcileSoon())
    this.#running = this.#run()
  }

  subscriptionChanged(): void {
    this.#pause.end()
  }

  rejoin(_reason: string): void {
    this.#pause.end()
  }

  fenced(_code: string): void {
    this.#pause.end()
  }

  async leave(deadlineMs: number): Promise<void> {
    this.#isStopped = true
    this.#abort.abort()
    this.#pause.end()
    this.#unfollow?.()
    await this.#running
    if (this.#epoch > 0) await this.#sendLeave(deadlineMs)
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      try {
        await this.#whileBusy()
        if (this.#isStopped) return
        this.#took(await this.#heartbeat())
        await this.#pause.wait(this.#untilNextMs())
      } catch (error) {
        if (this.#isStopped) return
        await this.#recover(asKafkaError(error))
      }
    }
  }

  async #heartbeat(): Promise<Answer> {
    const isJoining = this.#epoch === JOIN_EPOCH
    const topics = this.#host.subscribedTopics()
    const pattern = this.#host.subscribedPattern()
    const owned = this.#owned()
    const now: Told = {
      topics: JSON.stringify([...topics].sort()),
      pattern,
      owned: JSON.stringify(owned),
    }
    const told = this.#told
    const node = await this.#cluster.coordinatorOf('group', this.#groupId)
    const answer = await this.#cluster.send(
      ConsumerGroupHeartbeat,
      node,
      version => ({
        groupId: this.#groupId,
        memberId: this.#memberId,
        memberEpoch: this.#epoch,
        instanceId: this.#instanceId ?? null,
        ...(isJoining && {
          rackId: this.#config['client.rack'] === '' ? null : this.#config['client.rack'],
          rebalanceTimeoutMs: this.#config['max.poll.interval.ms'],
          serverAssignor: this.#config['group.remote.assignor'],
        }),
        subscribedTopicNames:
          (isJoining && pattern === undefined) || now.topics !== told.topics ? topics : null,
        ...(version >= 1 && {
          subscribedTopicRegex: isJoining || now.pattern !== told.pattern ? (pattern ?? null) : null,
        }),
        topicPartitions: isJoining ? [] : now.owned !== told.owned ? owned : null,
      }),
      {
        purpose: 'coordinator',
        signal: this.#abort.signal,
        ...(pattern !== undefined && { minVersion: 1 }),
      },
    )
    if (answer.errorCode !== 'NONE') throw this.#failure(answer)
    this.#told = now
    return answer
  }

  #untilNextMs(): number {
    const sinceJoinMs = this.#cluster.clock.monotonicMs() - this.#joinedAtMs
    const hasPartitions = this.#target !== undefined || this.#host.owned().length > 0
    return nextHeartbeatMs(this.#intervalMs, sinceJoinMs, hasPartitions)
  }

  #took(answer: Answer): void {
    this.#failures = 0
    if (this.#epoch === JOIN_EPOCH) this.#joinedAtMs = this.#cluster.clock.monotonicMs()
    // Brokers of the first version choose the id.
    if (answer.memberId !== null && answer.memberId !== '') this.#memberId = answer.memberId
    this.#epoch = answer.memberEpoch
    this.#intervalMs = answer.heartbeatIntervalMs
    if (answer.assignment !== null) {
      this.#target = answer.assignment.topicPartitions
      this.#reconcileSoon()
    }
  }

  #reconcileSoon(): void {
    if (this.#target === undefined || this.#reconciling !== undefined || this.#isStopped) return
    this.#reconciling = this.#reconcile()
      .catch(error => this.#host.fail(error))
      .finally(() => {
        this.#reconciling = undefined
        this.#pause.end()
      })
  }

  /** Goes step by step to what the coordinator wants, which may change meanwhile. */
  async #reconcile(): Promise<void> {
    for (;;) {
      const target = this.#target
      if (target === undefined || this.#isStopped) return
      this.#host.rebalance.begin()
      const { known, isComplete } = await this.#named(target)
      const owned = this.#host.owned()
      const given = without(owned, known)
      if (given.length > 0) await this.#host.revoke(given, this.#config['max.poll.interval.ms'])
      const added = without(known, this.#host.owned())
      const isNew = this.#target === target
      if (added.length > 0 && isNew && this.#epoch > 0) await this.#host.assign(added)
      this.#pause.end()
      if (!isNew) continue
      if (isComplete) this.#target = undefined
      this.#host.rebalance.end()
      return
    }
  }

  /** The partitions by name, as far as the names are known; what is missing comes with new metadata. */
  async #named(target: TopicPartitions): Promise<{ known: TopicPartition[]; isComplete: boolean }> {
    const { metadata } = this.#cluster
    const isKnown = () => target.every(({ topicId }) => metadata.topicById(topicId) !== undefined)
    if (!isKnown()) await metadata.refresh().catch(() => {})
    const known = target.flatMap(({ topicId, partitions }) => {
      const topic = metadata.topicById(topicId)?.name
      return topic === undefined ? [] : partitions.map(partition => ({ topic, partition }))
    })
    return { known, isComplete: isKnown() }
  }

  #owned(): { topicId: string; partitions: number[] }[] {
    const topics = new Map<string, number[]>()
    for (const { topic, partition } of this.#host.owned()) {
      const id = this.#cluster.metadata.topic(topic)?.id
      if (id !== undefined) topics.set(id, [...(topics.get(id) ?? []), partition])
    }
    return [...topics].map(([topicId, partitions]) => ({ topicId, partitions }))
  }

  async #recover(error: KafkaError): Promise<void> {
    const { code } = error
    this.#cluster.logger.debug('the group member met an error', { error: error.message })
    if (code === 'UNKNOWN_MEMBER_ID' || code === 'FENCED_MEMBER_EPOCH') return this.#startOver()
    if (!isPassing(error)) return this.#fail(error)
    if (code !== 'COORDINATOR_LOAD_IN_PROGRESS') this.#cluster.forgetCoordinator('group', this.#groupId)
    // Nobody knows what the coordinator heard of: the next heartbeat tells everything.
    this.#told = { topics: undefined, pattern: undefined, owned: undefined }
    const { config } = this.#cluster
    const pause = { initialMs: config['retry.backoff.ms'], maxMs: config['retry.backoff.max.ms'] }
    await this.#pause.wait(backOffMs(pause, ++this.#failures, this.#cluster.random))
  }

  async #startOver(): Promise<void> {
    this.#epoch = JOIN_EPOCH
    this.#target = undefined
    this.#told = { topics: undefined, pattern: undefined, owned: undefined }
    const owned = this.#host.owned()
    if (owned.length > 0) await this.#host.lose(owned)
  }

  async #fail(error: KafkaError): Promise<void> {
    await this.#startOver()
    this.#isStopped = true
    this.#host.fail(error)
  }

  async #whileBusy(): Promise<void> {
    const mostMs = this.#config['max.poll.interval.ms']
    if (this.#host.busyForMs() < mostMs) return
    this.#cluster.logger.warn(
      `the application made no progress for max.poll.interval.ms: leaving the group '${this.#groupId}' until it does. Raise max.poll.interval.ms, lower max.poll.records, or do less for each record`,
      { memberId: this.#memberId },
    )
    if (this.#epoch > 0) await this.#sendLeave(this.#cluster.deadlineIn(1000))
    await this.#startOver()
    while (!this.#isStopped && this.#host.busyForMs() >= mostMs) await this.#pause.wait(this.#intervalMs)
  }

  async #sendLeave(deadlineMs: number): Promise<void> {
    const memberEpoch = this.#instanceId === undefined ? LEAVE_EPOCH : LEAVE_STATIC_EPOCH
    this.#epoch = JOIN_EPOCH
    const request = {
      groupId: this.#groupId,
      memberId: this.#memberId,
      memberEpoch,
      instanceId: this.#instanceId ?? null,
    }
    await tellOfLeaving(this.#cluster, this.#groupId, deadlineMs, async (node, timeoutMs) => {
      const options = { timeoutMs, purpose: 'coordinator' as const }
      return (await this.#cluster.send(ConsumerGroupHeartbeat, node, request, options)).errorCode
    })
  }

  #failure({ errorCode, errorMessage }: Answer): KafkaError {
    const said = errorMessage === null || errorMessage === '' ? errorCode : errorMessage
    return new KafkaError(errorCode, `in the group '${this.#groupId}': ${said}`)
  }
}

const passing = new Set<KafkaErrorName>(['REQUEST_TIMED_OUT', 'TOPIC_AUTHORIZATION_FAILED'])

/** Errors that go away by themselves: rights may be given, topics made. */
function isPassing(error: KafkaError): boolean {
  return error.retriable || passing.has(error.code)
}
