import { randomUuid } from '@samsa/base'
import { type CompleteResponseOf, ShareGroupHeartbeat } from '@samsa/protocol'
import { type Cluster, backOffMs } from '../cluster/index.ts'
import { nextHeartbeatMs } from '../consumer/groups/heartbeat-interval.ts'
import { Pause } from '../consumer/pause.ts'
import { KafkaError, asKafkaError } from '../errors.ts'
import type { SharePartition } from './share-partition.ts'

type Answer = CompleteResponseOf<typeof ShareGroupHeartbeat>
type TopicPartitions = NonNullable<Answer['assignment']>['topicPartitions']

const JOIN_EPOCH = 0
const LEAVE_EPOCH = -1

/** What a member needs of the consumer it speaks for. */
export interface ShareMemberHost {
  subscribedTopics(): readonly string[]
  /** These are the partitions now; what was acquired of others may still be acknowledged. */
  assigned(partitions: readonly SharePartition[]): void
  /** Cannot go on without the application. */
  fail(error: KafkaError): void
}

/** A member of a share group: tells its coordinator that it is alive, and learns which partitions to fetch (KIP-932). */
export class ShareMember {
  readonly memberId: string
  readonly #cluster: Cluster
  readonly #groupId: string
  readonly #rackId: string | null
  readonly #host: ShareMemberHost
  readonly #pause: Pause
  readonly #abort = new AbortController()
  #epoch = JOIN_EPOCH
  #intervalMs = 0
  #joinedAtMs = 0
  #hasPartitions = false
  #target: TopicPartitions | undefined
  #toldTopics: string | undefined
  #failures = 0
  #isStopped = false
  #running: Promise<void> | undefined
  #unfollow: (() => void) | undefined

  constructor(cluster: Cluster, groupId: string, rackId: string, host: ShareMemberHost) {
    this.#cluster = cluster
    this.#groupId = groupId
    this.#rackId = rackId === '' ? null : rackId
    this.#host = host
    this.#pause = new Pause(cluster.clock)
    this.memberId = randomUuid(cluster.random)
  }

  get isStarted(): boolean {
    return this.#running !== undefined
  }

  /** Joins, and stays in until `leave`. Does nothing when it already does. */
  start(): void {
    if (this.#running !== undefined || this.#isStopped) return
    // Names of assigned topics are learnt from their ids.
    this.#unfollow = this.#cluster.metadata.onChange(() => this.#resolve())
    this.#running = this.#run()
  }

  /** What is subscribed to changed: the coordinator is told at once. */
  subscriptionChanged(): void {
    this.#pause.end()
  }

  /** Leaves the group, and stops. `deadlineMs` is a point of the monotonic clock. */
  async leave(deadlineMs: number): Promise<void> {
    this.#isStopped = true
    this.#abort.abort()
    this.#pause.end()
    this.#unfollow?.()
    await this.#running
    if (this.#epoch <= JOIN_EPOCH) return
    const timeoutMs = Math.max(1, deadlineMs - this.#cluster.clock.monotonicMs())
    try {
      await this.#send({ memberEpoch: LEAVE_EPOCH }, { timeoutMs })
    } catch (error) {
      // The session times out by itself.
      const { message } = asKafkaError(error)
      this.#cluster.logger.debug('the coordinator was not told that a member left', { error: message })
    }
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      try {
        this.#took(await this.#heartbeat())
        await this.#pause.wait(this.#untilNextMs())
      } catch (error) {
        if (!this.#isStopped) await this.#recover(asKafkaError(error))
      }
    }
  }

  async #heartbeat(): Promise<Answer> {
    const topics = [...this.#host.subscribedTopics()].sort()
    const text = JSON.stringify(topics)
    const answer = await this.#send(
      {
        memberEpoch: this.#epoch,
        subscribedTopicNames: text === this.#toldTopics ? null : topics,
        ...(this.#epoch === JOIN_EPOCH && { rackId: this.#rackId }),
      },
      { signal: this.#abort.signal },
    )
    this.#toldTopics = text
    return answer
  }

  async #send(
    what: { memberEpoch: number; subscribedTopicNames?: string[] | null; rackId?: string | null },
    options: { timeoutMs?: number; signal?: AbortSignal },
  ): Promise<Answer> {
    const node = await this.#cluster.coordinatorOf('group', this.#groupId)
    const request = { groupId: this.#groupId, memberId: this.memberId, ...what }
    const limits = { ...options, purpose: 'coordinator' as const, minVersion: 1 }
    const answer = await this.#cluster.send(ShareGroupHeartbeat, node, request, limits)
    const { errorCode, errorMessage } = answer
    if (errorCode !== 'NONE')
      throw new KafkaError(errorCode, `in the share group '${this.#groupId}': ${errorMessage || errorCode}`)
    return answer
  }

  #untilNextMs(): number {
    const sinceJoinMs = this.#cluster.clock.monotonicMs() - this.#joinedAtMs
    return nextHeartbeatMs(this.#intervalMs, sinceJoinMs, this.#hasPartitions)
  }

  #took(answer: Answer): void {
    this.#failures = 0
    if (this.#epoch === JOIN_EPOCH) this.#joinedAtMs = this.#cluster.clock.monotonicMs()
    this.#epoch = answer.memberEpoch
    this.#intervalMs = answer.heartbeatIntervalMs
    if (answer.assignment === null) return
    this.#target = answer.assignment.topicPartitions
    this.#hasPartitions = this.#target.length > 0
    this.#resolve()
  }

  /** Hands the assignment on by name, as far as names are known; the rest follows with new metadata. */
  #resolve(): void {
    if (this.#target === undefined || this.#isStopped) return
    const { metadata } = this.#cluster
    const known = this.#target.flatMap(({ topicId, partitions }) => {
      const topic = metadata.topicById(topicId)?.name
      return topic === undefined ? [] : partitions.map(partition => ({ topic, topicId, partition }))
    })
    const isComplete = this.#target.every(({ topicId }) => metadata.topicById(topicId) !== undefined)
    if (isComplete) this.#target = undefined
    else metadata.refresh().catch(() => {})
    this.#host.assigned(known)
  }

  async #recover(error: KafkaError): Promise<void> {
    const { code } = error
    this.#cluster.logger.debug('the member of a share group met an error', { error: error.message })
    this.#toldTopics = undefined
    if (code === 'UNKNOWN_MEMBER_ID' || code === 'FENCED_MEMBER_EPOCH') {
      this.#epoch = JOIN_EPOCH
      this.#hasPartitions = false
      this.#host.assigned([])
      return
    }
    if (!error.retriable && code !== 'TOPIC_AUTHORIZATION_FAILED') {
      this.#isStopped = true
      this.#epoch = JOIN_EPOCH
      this.#host.fail(error)
      return
    }
    if (code !== 'COORDINATOR_LOAD_IN_PROGRESS') this.#cluster.forgetCoordinator('group', this.#groupId)
    const { config, random } = this.#cluster
    const pause = { initialMs: config['retry.backoff.ms'], maxMs: config['retry.backoff.max.ms'] }
    await this.#pause.wait(backOffMs(pause, ++this.#failures, random))
  }
}
