import type { ClientAssignor, PreviousAssignment } from '@samsa/coordinators'
import { type CompleteResponseOf, Heartbeat, JoinGroup, LeaveGroup, SyncGroup } from '@samsa/protocol'
import { type Cluster, backOffMs } from '../../cluster/index.ts'
import { KafkaError, asKafkaError } from '../../errors.ts'
import type { TopicPartition } from '../../records/consumer-record.ts'
import type { ConsumerConfig } from '../consumer-config.ts'
import { Pause } from '../pause.ts'
import { remedyOf } from './classic-errors.ts'
import { type LeaderDecision, decideAsLeader, learnTopics, topicsOfGroup } from './classic-leader.ts'
import {
  PROTOCOL_TYPE,
  assignorsOf,
  decodeAssignment,
  encodeSubscription,
  rebalanceOf,
} from './consumer-protocol.ts'
import { type GroupHost, type GroupMember, type GroupMetadata, without } from './group-member.ts'
import { tellOfLeaving } from './leaving.ts'

type Joined = CompleteResponseOf<typeof JoinGroup>

const NO_GENERATION = -1
/** Beyond the time the others have to join, as in Kafka. */
const JOIN_EXTRA_MS = 5000

/**
 * A member of a classic group.
 *
 *   give up partitions ── JoinGroup ── SyncGroup ── take partitions ── Heartbeat … ─┐
 *     ▲  (cooperative: only what moves, after SyncGroup)                            │
 *     └─── somebody joins or leaves · a subscription or its topics change · errors ─┘
 *
 * One loop does one step after the other. Heartbeats go on while the application still works on what is to be given up,
 * and stop when it makes no progress for `max.poll.interval.ms`: then the member leaves, and joins again once it does.
 */
export class ClassicMember implements GroupMember {
  readonly #cluster: Cluster
  readonly #config: ConsumerConfig
  readonly #host: GroupHost
  readonly #groupId: string
  readonly #instanceId: string | undefined
  readonly #assignors: readonly ClientAssignor[]
  readonly #rebalance: 'eager' | 'cooperative'
  readonly #pause: Pause
  readonly #abort = new AbortController()
  #memberId = ''
  #generation = NO_GENERATION
  /** Who it was in its last generation: what comes too late must be told by it. */
  #joined = { memberId: '', generationId: NO_GENERATION }
  #previous: PreviousAssignment | undefined
  #running: Promise<void> | undefined
  #rejoinReason: string | undefined = 'the consumer starts'
  #isStopped = false
  #failures = 0
  /** Topics of the group that its leader looks after. */
  #led: ReadonlyMap<string, number> = new Map()
  #unfollow: (() => void)[] = []

  constructor(cluster: Cluster, config: ConsumerConfig, host: GroupHost) {
    this.#cluster = cluster
    this.#config = config
    this.#host = host
    this.#groupId = config['group.id']!
    this.#instanceId = config['group.instance.id'] ?? undefined
    this.#assignors = assignorsOf(config['partition.assignment.strategy'])
    this.#rebalance = rebalanceOf(this.#assignors)
    this.#pause = new Pause(cluster.clock)
  }

  /** Once it was in the group, never nobody: what nobody commits is taken without a question when nobody is there. */
  get metadata(): GroupMetadata {
    return {
      groupId: this.#groupId,
      ...this.#joined,
      groupInstanceId: this.#instanceId,
      protocol: 'classic',
    }
  }

  start(): void {
    if (this.#running !== undefined || this.#isStopped) return
    this.#unfollow = [
      this.#cluster.metadata.follow({ topics: () => this.#led.keys() }),
      this.#cluster.metadata.onChange(() => this.#checkLedTopics()),
    ]
    this.#running = this.#run()
  }

  subscriptionChanged(): void {
    this.rejoin('the subscription changed')
  }

  rejoin(reason: string): void {
    this.#rejoinReason ??= reason
    this.#pause.end()
  }

  fenced(code: string): void {
    if (remedyOf(code as never) === 'fatal') return
    // The next heartbeat is told the same, and does what has to be done.
    this.#pause.end()
  }

  async leave(deadlineMs: number): Promise<void> {
    this.#isStopped = true
    this.#abort.abort()
    this.#pause.end()
    for (const unfollow of this.#unfollow) unfollow()
    await this.#running
    if (this.#instanceId === undefined) await this.#sendLeave('the consumer is closed', deadlineMs)
  }

  async #run(): Promise<void> {
    let isIn = false
    while (!this.#isStopped) {
      try {
        if (!isIn) await this.#rejoinGroup()
        isIn = true
        await this.#stay()
        isIn = false
      } catch (error) {
        if (this.#isStopped) return
        isIn = (await this.#recover(asKafkaError(error))) && isIn
      }
    }
  }

  async #rejoinGroup(): Promise<void> {
    await this.#whileBusy()
    const reason = this.#rejoinReason ?? 'the group rebalances'
    this.#rejoinReason = undefined
    await this.#giveUpFirst()
    await this.#whileBusy()
    if (this.#isStopped) return
    this.#host.rebalance.begin()
    const joined = await this.#join(reason)
    const decision = await this.#decide(joined)
    const assigned = await this.#sync(joined, decision)
    this.#host.rebalance.end()
    await this.#take(assigned)
  }

  /** Before joining: members of eager assignors give up all, others what they do not subscribe to any more. */
  async #giveUpFirst(): Promise<void> {
    const owned = this.#host.owned()
    const subscribed = new Set(this.#host.subscribedTopics())
    const given = this.#rebalance === 'eager' ? owned : owned.filter(({ topic }) => !subscribed.has(topic))
    if (given.length > 0) await this.#revoke(given)
  }

  async #revoke(partitions: readonly TopicPartition[]): Promise<void> {
    await this.#heartbeatDuring(this.#host.revoke(partitions, this.#config['max.poll.interval.ms']))
  }

  async #join(reason: string): Promise<Joined> {
    for (;;) {
      const joined = await this.#sendJoin(reason)
      if (joined.errorCode === 'MEMBER_ID_REQUIRED') {
        this.#memberId = joined.memberId
        continue
      }
      if (joined.errorCode !== 'NONE') throw this.#failure(joined.errorCode, 'joining')
      this.#memberId = joined.memberId
      this.#generation = joined.generationId
      this.#joined = { memberId: joined.memberId, generationId: joined.generationId }
      return joined
    }
  }

  async #sendJoin(reason: string): Promise<Joined> {
    const config = this.#config
    const rebalanceTimeoutMs = config['max.poll.interval.ms']
    const own = {
      topics: this.#host.subscribedTopics(),
      owned: this.#rebalance === 'eager' ? [] : this.#host.owned(),
      generationId: this.#previous?.generationId ?? NO_GENERATION,
      rackId: config['client.rack'],
      previous: this.#previous,
    }
    const protocols = this.#assignors.map(assignor => ({
      name: assignor.name,
      metadata: encodeSubscription(own, assignor),
    }))
    return this.#cluster.send(
      JoinGroup,
      await this.#coordinator(),
      version => ({
        groupId: this.#groupId,
        sessionTimeoutMs: config['session.timeout.ms'],
        rebalanceTimeoutMs,
        memberId: this.#memberId,
        ...(version >= 5 && { groupInstanceId: this.#instanceId ?? null }),
        protocolType: PROTOCOL_TYPE,
        protocols,
        reason,
      }),
      {
        purpose: 'coordinator',
        timeoutMs: Math.max(config['request.timeout.ms'], rebalanceTimeoutMs + JOIN_EXTRA_MS),
        signal: this.#abort.signal,
        ...(this.#instanceId !== undefined && { minVersion: 5 }),
      },
    )
  }

  async #decide(joined: Joined): Promise<LeaderDecision | undefined> {
    if (joined.leader !== joined.memberId) {
      this.#led = new Map()
      return undefined
    }
    const assignor = this.#assignors.find(({ name }) => name === joined.protocolName)
    if (assignor === undefined) {
      throw this.#failure('INCONSISTENT_GROUP_PROTOCOL', `the group chose '${joined.protocolName}'`)
    }
    const topics = topicsOfGroup(joined)
    this.#led = new Map(topics.map(topic => [topic, -1]))
    await learnTopics(this.#cluster, topics, this.#config['allow.auto.create.topics'])
    const decision = decideAsLeader(this.#cluster, joined, assignor)
    this.#led = decision.topics
    // A static leader that came back is told to leave the assignment as it is (KIP-814).
    return joined.skipAssignment ? undefined : decision
  }

  async #sync(joined: Joined, decision: LeaderDecision | undefined): Promise<TopicPartition[]> {
    const answer = await this.#cluster.send(
      SyncGroup,
      await this.#coordinator(),
      version => ({
        groupId: this.#groupId,
        generationId: this.#generation,
        memberId: this.#memberId,
        ...(version >= 3 && { groupInstanceId: this.#instanceId ?? null }),
        protocolType: PROTOCOL_TYPE,
        protocolName: joined.protocolName,
        assignments: decision?.assignments ?? [],
      }),
      {
        purpose: 'coordinator',
        timeoutMs: Math.max(this.#config['request.timeout.ms'], this.#config['max.poll.interval.ms']),
        signal: this.#abort.signal,
      },
    )
    if (answer.errorCode !== 'NONE') throw this.#failure(answer.errorCode, 'waiting for the assignment')
    return decodeAssignment(answer.assignment)
  }

  async #take(assigned: readonly TopicPartition[]): Promise<void> {
    this.#previous = { partitions: assigned, generationId: this.#generation }
    const owned = this.#host.owned()
    const given = without(owned, assigned)
    if (given.length > 0) {
      await this.#revoke(given)
      // Only when they are free can others have them.
      this.rejoin('partitions were given up')
    }
    await this.#heartbeatDuring(this.#host.assign(without(assigned, owned)))
  }

  /** Sends heartbeats until there is a reason to join again. */
  async #stay(): Promise<void> {
    while (!this.#isStopped && this.#rejoinReason === undefined) {
      await this.#pause.wait(this.#config['heartbeat.interval.ms'])
      if (this.#isStopped || this.#rejoinReason !== undefined) return
      if (this.#isBusyTooLong()) return
      await this.#heartbeat()
    }
  }

  async #heartbeat(): Promise<void> {
    const answer = await this.#cluster.send(
      Heartbeat,
      await this.#coordinator(),
      version => ({
        groupId: this.#groupId,
        generationId: this.#generation,
        memberId: this.#memberId,
        ...(version >= 3 && { groupInstanceId: this.#instanceId ?? null }),
      }),
      { purpose: 'coordinator', timeoutMs: this.#config['session.timeout.ms'], signal: this.#abort.signal },
    )
    if (answer.errorCode !== 'NONE') throw this.#failure(answer.errorCode, 'sending a heartbeat')
    this.#failures = 0
  }

  /** Keeps the place in the group while the application takes its time; what else happens is for the next step. */
  async #heartbeatDuring(work: Promise<void>): Promise<void> {
    let isDone = false
    const pause = new Pause(this.#cluster.clock)
    const done = work.finally(() => {
      isDone = true
      pause.end()
    })
    done.catch(() => {})
    while (!isDone) {
      await pause.wait(this.#config['heartbeat.interval.ms'])
      if (isDone || this.#isStopped || this.#generation === NO_GENERATION) break
      try {
        await this.#heartbeat()
      } catch (error) {
        const remedy = remedyOf(asKafkaError(error).code)
        if (remedy === 'find coordinator') this.#cluster.forgetCoordinator('group', this.#groupId)
        if (remedy === 'start over' || remedy === 'new generation' || remedy === 'fatal') break
      }
    }
    await done
  }

  #isBusyTooLong(): boolean {
    return this.#host.busyForMs() >= this.#config['max.poll.interval.ms']
  }

  /** Leaves while the application makes no progress. */
  async #whileBusy(): Promise<void> {
    if (!this.#isBusyTooLong()) return
    this.#cluster.logger.warn(
      `the application made no progress for max.poll.interval.ms: leaving the group '${this.#groupId}' until it does. Raise max.poll.interval.ms, lower max.poll.records, or do less for each record`,
      { memberId: this.#memberId },
    )
    // Static members are taken out by the coordinator once their session ends.
    if (this.#instanceId === undefined) {
      await this.#sendLeave('max.poll.interval.ms passed', this.#cluster.deadlineIn(1000))
    }
    await this.#lose()
    while (!this.#isStopped && this.#isBusyTooLong()) {
      await this.#pause.wait(this.#config['heartbeat.interval.ms'])
    }
  }

  async #lose(keepId = false): Promise<void> {
    this.#generation = NO_GENERATION
    if (!keepId) this.#memberId = ''
    const owned = this.#host.owned()
    if (owned.length > 0) await this.#host.lose(owned)
  }

  /** Does what an error asks for; returns whether the member may go on as the one it is. */
  async #recover(error: KafkaError): Promise<boolean> {
    const remedy = error.retriable ? 'find coordinator' : remedyOf(error.code)
    this.#cluster.logger.debug('the group member met an error', { error: error.message, remedy })
    switch (remedy) {
      case 'fatal':
        await this.#fail(error)
        return false
      case 'start over':
        await this.#lose()
        return false
      case 'new generation':
        await this.#lose(true)
        return false
      case 'rejoin':
      case 'take id':
        return false
      case 'again':
      case 'find coordinator':
        if (error.code !== 'COORDINATOR_LOAD_IN_PROGRESS') {
          this.#cluster.forgetCoordinator('group', this.#groupId)
        }
        await this.#backOff()
        return this.#rejoinReason === undefined
    }
  }

  async #backOff(): Promise<void> {
    const config = this.#config
    const pause = { initialMs: config['retry.backoff.ms'], maxMs: config['retry.backoff.max.ms'] }
    await this.#pause.wait(backOffMs(pause, ++this.#failures, this.#cluster.random))
  }

  async #fail(error: KafkaError): Promise<void> {
    await this.#lose()
    this.#isStopped = true
    this.#host.fail(error)
  }

  async #sendLeave(reason: string, deadlineMs: number): Promise<void> {
    if (this.#memberId === '') return
    const memberId = this.#memberId
    this.#generation = NO_GENERATION
    this.#memberId = ''
    await tellOfLeaving(this.#cluster, this.#groupId, deadlineMs, async (node, timeoutMs) => {
      // JoinGroup may hold up the connection for the coordinator.
      const answer = await this.#cluster.send(
        LeaveGroup,
        node,
        version =>
          version >= 3
            ? { groupId: this.#groupId, members: [{ memberId, groupInstanceId: null, reason }] }
            : { groupId: this.#groupId, memberId },
        { timeoutMs },
      )
      return answer.errorCode
    })
  }

  #coordinator(): Promise<number> {
    return this.#cluster.coordinatorOf('group', this.#groupId)
  }

  #failure(code: KafkaError['code'], doing: string): KafkaError {
    return new KafkaError(code, `${doing}, in the group '${this.#groupId}': ${code}`)
  }

  #checkLedTopics(): void {
    for (const [topic, count] of this.#led) {
      const now = this.#cluster.metadata.topic(topic)?.partitions.length ?? 0
      if (count >= 0 && now !== count) this.rejoin('topics of the group changed')
    }
  }
}
