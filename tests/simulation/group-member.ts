import { ByteWriter, type SeededRandom, decodeUtf8, encodeUtf8 } from '@samsa/base'
import {
  type CompleteResponseOf,
  type ErrorName,
  FindCoordinator,
  Heartbeat,
  JoinGroup,
  LeaveGroup,
  OffsetCommit,
  OffsetFetch,
  SyncGroup,
} from '@samsa/protocol'
import { type BrokerClient, Unanswered } from './broker-client.ts'
import type { Assignment, GroupLedger, MemberId } from './group-ledger.ts'
import type { History } from './history.ts'
import { Violation } from './violation.ts'

export interface MemberPlan {
  /** Null for a dynamic member. */
  readonly instanceId: string | null
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  readonly heartbeatMs: number
}

/** These pass by themselves, or once the coordinator was looked for again. */
const PASSING: readonly ErrorName[] = [
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
  'KAFKA_STORAGE_ERROR',
  'UNKNOWN_SERVER_ERROR',
  'REQUEST_TIMED_OUT',
]
type Joined = CompleteResponseOf<typeof JoinGroup>

const PROTOCOL_TYPE = 'consumer'
const PROTOCOL = 'range'

/** One member of a classic group: joins, is given partitions, sends heartbeats, commits, and joins again when told to. */
export class GroupMember {
  readonly client: BrokerClient
  readonly plan: MemberPlan
  readonly #group: GroupLedger
  readonly #random: SeededRandom
  readonly #history: History
  #memberId = ''
  /** Undefined while it has no part in any. */
  #generation: number | undefined
  #partitions: readonly number[] = []
  /** What it had before the present generation. */
  #former: { readonly generation: number; readonly partitions: readonly number[] } | undefined
  #isEnded = false
  #isPaused = false
  #isFenced = false

  constructor(
    client: BrokerClient,
    group: GroupLedger,
    plan: MemberPlan,
    random: SeededRandom,
    history: History,
  ) {
    this.client = client
    this.plan = plan
    this.#group = group
    this.#random = random
    this.#history = history
  }

  get memberId(): string {
    return this.#memberId
  }

  get generation(): number | undefined {
    return this.#generation
  }

  get partitions(): readonly number[] {
    return this.#partitions
  }

  get isFenced(): boolean {
    return this.#isFenced
  }

  /** It falls silent; `run` ends. */
  end(): void {
    this.#isEnded = true
  }

  /** It falls silent but keeps what it has; `run` ends. */
  pause(): void {
    this.#isPaused = true
  }

  async run(): Promise<void> {
    while (!this.#isOver) {
      await this.client.sleep(this.#random.between(0, 2 * this.plan.heartbeatMs))
      if (this.#isOver) return
      try {
        await this.#step()
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
      }
    }
  }

  /** Leaves the group, if the coordinator hears of it. Throws `Unanswered`. */
  async leave(): Promise<void> {
    this.end()
    if (this.#memberId === '') return
    const { memberId } = this
    await this.client.ask(LeaveGroup, this.#random.pick([3, 4, 5]), {
      groupId: this.#group.groupId,
      members: [{ memberId, groupInstanceId: this.plan.instanceId }],
    })
  }

  /** Whether the coordinator takes the member for what it takes itself for; undefined while it cannot tell. */
  async isKnownTo(client: BrokerClient): Promise<boolean | undefined> {
    const answer = await client.ask(Heartbeat, 4, this.#identity())
    if (PASSING.includes(answer.errorCode)) return undefined
    return answer.errorCode === 'NONE'
  }

  get #isOver(): boolean {
    return this.#isEnded || this.#isPaused || this.#isFenced
  }

  #identity() {
    return {
      groupId: this.#group.groupId,
      generationId: this.#generation ?? -1,
      memberId: this.#memberId,
      groupInstanceId: this.plan.instanceId,
    }
  }

  #self(): MemberId {
    return { memberId: this.#memberId, instanceId: this.plan.instanceId }
  }

  async #step(): Promise<void> {
    if (this.#generation === undefined) return this.#join()
    const drawn = this.#random.between(0, 1)
    if (drawn < 0.4) return this.#heartbeat()
    if (drawn < 0.75) return this.#commit(this.#generation, this.#partitions)
    // What it read before the rebalance, and was slow to commit.
    if (drawn < 0.8) return this.#commit(this.#former?.generation ?? -1, this.#former?.partitions ?? [])
    if (drawn < 0.95) return this.#lookAtOffsets()
    // As clients do whose subscription changed, or that were asked to.
    return this.#join()
  }

  async #join(): Promise<void> {
    const { newest } = this.#group
    const wasFenced = this.#group.isFenced(this.#memberId)
    if (this.#generation !== undefined) {
      this.#former = { generation: this.#generation, partitions: this.#partitions }
    }
    this.#generation = undefined
    this.#partitions = []
    const answer = await this.client.ask(JoinGroup, this.#random.pick([5, 6, 7, 8, 9]), {
      groupId: this.#group.groupId,
      sessionTimeoutMs: this.plan.sessionTimeoutMs,
      rebalanceTimeoutMs: this.plan.rebalanceTimeoutMs,
      memberId: this.#memberId,
      groupInstanceId: this.plan.instanceId,
      protocolType: PROTOCOL_TYPE,
      protocols: [{ name: PROTOCOL, metadata: subscriptionTo(this.#group.topic) }],
    })
    if (answer.errorCode === 'MEMBER_ID_REQUIRED') this.#memberId = answer.memberId
    else if (answer.errorCode !== 'NONE') await this.#refused('joining', answer.errorCode)
    else {
      this.#group.served('JoinGroup', answer.generationId, answer.memberId, newest, wasFenced)
      this.#memberId = answer.memberId
      await this.#sync(answer)
    }
  }

  async #sync(joined: Joined): Promise<void> {
    const { newest } = this.#group
    const wasFenced = this.#group.isFenced(this.#memberId)
    const { generationId } = joined
    const answer = await this.client.ask(SyncGroup, this.#random.pick([3, 4, 5]), {
      ...this.#identity(),
      generationId,
      protocolType: PROTOCOL_TYPE,
      protocolName: PROTOCOL,
      assignments: joined.leader === this.#memberId && !joined.skipAssignment ? this.#assign(joined) : [],
    })
    if (answer.errorCode !== 'NONE') return this.#refused('syncing', answer.errorCode)
    this.#group.served('SyncGroup', generationId, this.#memberId, newest, wasFenced)
    const assignment = decodeAssignment(answer.assignment)
    if (assignment === undefined) {
      throw new Violation(
        'oneAssignment',
        `${this.#memberId} was given nothing in generation ${generationId}`,
      )
    }
    this.#group.assigned(generationId, this.#self(), assignment)
    this.#generation = generationId
    this.#partitions = assignment.partitions
  }

  #assign({ generationId, members }: Joined) {
    const token = `${this.#memberId}/${generationId}/${this.#random.uint32()}`
    const all = Array.from({ length: this.#group.partitions }, (_, i) => i)
    return members.map(({ memberId }, index) => ({
      memberId,
      assignment: encodeAssignment({ token, partitions: all.filter(i => i % members.length === index) }),
    }))
  }

  async #heartbeat(): Promise<void> {
    const { newest } = this.#group
    const wasFenced = this.#group.isFenced(this.#memberId)
    const generation = this.#generation!
    const { errorCode } = await this.client.ask(Heartbeat, this.#random.pick([3, 4]), this.#identity())
    if (errorCode !== 'NONE') return this.#refused('a heartbeat', errorCode)
    this.#group.served('Heartbeat', generation, this.#memberId, newest, wasFenced)
  }

  async #commit(generationId: number, partitions: readonly number[]): Promise<void> {
    if (partitions.length === 0) return
    const partition = this.#random.pick(partitions)
    const { newest } = this.#group
    const wasFenced = this.#group.isFenced(this.#memberId)
    const offsets = this.#group.offsets[partition]!
    const attempt = offsets.attempt(this.#group.nextOffset())
    const { groupId, memberId, groupInstanceId } = this.#identity()
    let errorCode: ErrorName
    try {
      const answer = await this.client.ask(OffsetCommit, this.#random.pick([7, 8, 9]), {
        groupId,
        memberId,
        groupInstanceId,
        generationIdOrMemberEpoch: generationId,
        topics: [
          {
            name: this.#group.topic,
            partitions: [
              { partitionIndex: partition, committedOffset: attempt.offset, committedMetadata: null },
            ],
          },
        ],
      })
      errorCode = answer.topics[0]!.partitions[0]!.errorCode
    } catch (error) {
      offsets.unanswered(attempt)
      throw error
    }
    if (errorCode === 'NONE') {
      this.#group.served('OffsetCommit', generationId, this.#memberId, newest, wasFenced)
      offsets.accepted(attempt)
      this.#history.figures.memberCommits++
      return
    }
    if (PASSING.includes(errorCode)) offsets.unanswered(attempt)
    else {
      offsets.refused(attempt)
      this.#history.figures.refusedCommits++
    }
    if (generationId === this.#generation || errorCode !== 'ILLEGAL_GENERATION') {
      await this.#refused('a commit', errorCode)
    }
  }

  async #lookAtOffsets(): Promise<void> {
    await lookAtOffsets(this.client, this.#group)
  }

  /** What a client does about an error. */
  async #refused(what: string, errorCode: ErrorName): Promise<void> {
    if (PASSING.includes(errorCode)) {
      await this.client.ask(FindCoordinator, 3, { key: this.#group.groupId, keyType: 0 })
      return
    }
    switch (errorCode) {
      case 'UNKNOWN_MEMBER_ID':
        this.#memberId = ''
        this.#generation = undefined
        return
      case 'ILLEGAL_GENERATION':
      case 'GROUP_ID_NOT_FOUND':
        this.#generation = undefined
        return
      case 'REBALANCE_IN_PROGRESS':
        // It commits what it has, or does not, and joins.
        if (what !== 'a heartbeat' || this.#random.chance(0.5)) this.#generation = undefined
        return
      case 'FENCED_INSTANCE_ID':
        this.#isFenced = true
        this.#history.figures.fencedMembers++
        return
      default:
        throw new Violation('answers', `${what} of ${this.#memberId}: ${errorCode}`)
    }
  }
}

/** Holds the committed offsets against what was accepted; false while the coordinator cannot tell. Throws `Unanswered`. */
export async function lookAtOffsets(client: BrokerClient, group: GroupLedger): Promise<boolean> {
  const askedAt = group.offsets.map(({ time }) => time)
  const answer = await client.ask(OffsetFetch, 7, {
    groupId: group.groupId,
    topics: [{ name: group.topic, partitionIndexes: group.offsets.map((_, i) => i) }],
  })
  if (answer.errorCode !== 'NONE') return false
  const partitions = answer.topics[0]!.partitions
  if (partitions.some(({ errorCode }) => errorCode !== 'NONE')) return false
  for (const { partitionIndex, committedOffset } of partitions) {
    group.offsets[partitionIndex]!.check(committedOffset, askedAt[partitionIndex]!)
  }
  return true
}

const encodeAssignment = ({ token, partitions }: Assignment) => encodeUtf8(`${token}|${partitions.join(',')}`)

function decodeAssignment(bytes: Uint8Array): Assignment | undefined {
  const [token, list] = decodeUtf8(bytes).split('|')
  if (token === undefined || list === undefined) return undefined
  return { token, partitions: list === '' ? [] : list.split(',').map(Number) }
}

/** A consumer's subscription, as the coordinator reads it to know whose offsets are in use. */
function subscriptionTo(topic: string): Uint8Array {
  const writer = new ByteWriter()
  const name = encodeUtf8(topic)
  writer.int16(0)
  writer.int32(1)
  writer.int16(name.length)
  writer.bytes(name)
  writer.int32(-1)
  return writer.toBytes()
}
