import { setTimeout as sleep } from 'node:timers/promises'
import { FindCoordinator, Heartbeat, JoinGroup, LeaveGroup, OffsetCommit, SyncGroup } from '@samsa/protocol'
import { type Place, WireConnection } from '../../wire/wire-connection.ts'

const text = new TextEncoder()
const rejoin = new Set(['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'MEMBER_ID_REQUIRED'])
const retry = new Set(['COORDINATOR_LOAD_IN_PROGRESS', 'NOT_COORDINATOR', 'COORDINATOR_NOT_AVAILABLE'])

/** A member of a classic group on a connection of its own, as small as one can be: it joins, syncs, beats, commits. */
export class GroupMember {
  /** The generation it has its assignment of; -1 while it has none. */
  generation = -1
  /** Who was in that generation, by member id; only the leader is told. */
  members: readonly string[] = []
  assignment = ''
  beats = 0
  rebalances = 0
  slowestBeatMs = 0
  readonly #connection: WireConnection
  readonly #groupId: string
  readonly #beatMs: number
  #memberId = ''
  #isOver = false
  #running: Promise<void> = Promise.resolve()

  private constructor(connection: WireConnection, groupId: string, beatMs: number) {
    this.#connection = connection
    this.#groupId = groupId
    this.#beatMs = beatMs
  }

  /** Connects and begins to take part. */
  static async start(place: Place, groupId: string, beatMs: number): Promise<GroupMember> {
    const connection = await WireConnection.open(place)
    // Asking who coordinates is what makes the offsets topic.
    await connection.request(FindCoordinator, 2, { key: groupId, keyType: 0 })
    const member = new GroupMember(connection, groupId, beatMs)
    member.#running = member.#run()
    // Whoever ends the member hears of it; nothing else may be asked of it meanwhile.
    member.#running.catch(() => {})
    return member
  }

  /** Leaves in order. */
  async leave(): Promise<void> {
    this.#isOver = true
    await this.#running
    const members = [{ memberId: this.#memberId, groupInstanceId: null }]
    await this.#connection.request(LeaveGroup, 3, { groupId: this.#groupId, members })
    this.#connection.close()
  }

  /** Vanishes without a word. */
  async vanish(): Promise<void> {
    this.#isOver = true
    this.#connection.close()
    await this.#running.catch(() => {})
  }

  /** Throws what went wrong so far. */
  async check(): Promise<void> {
    await Promise.race([this.#running, Promise.resolve()])
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      if (!(await this.#join())) continue
      while (!this.#isOver && (await this.#beat())) await sleep(this.#beatMs)
    }
  }

  async #join(): Promise<boolean> {
    const answer = await this.#connection.request(JoinGroup, 5, {
      groupId: this.#groupId,
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 30_000,
      memberId: this.#memberId,
      groupInstanceId: null,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: text.encode('subscription') }],
    })
    if (answer.errorCode === 'MEMBER_ID_REQUIRED') this.#memberId = answer.memberId
    if (!(await this.#goesOn(answer.errorCode))) return false
    this.#memberId = answer.memberId
    const isLeader = answer.leader === answer.memberId
    const assignments = answer.members.map(({ memberId }) => ({
      memberId,
      assignment: text.encode(memberId),
    }))
    return this.#sync(answer.generationId, isLeader ? assignments : [])
  }

  async #sync(
    generationId: number,
    assignments: readonly { memberId: string; assignment: Uint8Array }[],
  ): Promise<boolean> {
    const answer = await this.#connection.request(SyncGroup, 3, {
      groupId: this.#groupId,
      generationId,
      memberId: this.#memberId,
      groupInstanceId: null,
      assignments: [...assignments],
    })
    if (!(await this.#goesOn(answer.errorCode))) return false
    this.assignment = new TextDecoder().decode(answer.assignment)
    if (this.assignment !== this.#memberId) throw new Error(`${this.#memberId} was given ${this.assignment}`)
    this.members = assignments.map(({ memberId }) => memberId)
    this.generation = generationId
    this.rebalances++
    return true
  }

  /** One heartbeat and one commit; false when it is to join again. */
  async #beat(): Promise<boolean> {
    const { generation } = this
    const [groupId, memberId] = [this.#groupId, this.#memberId]
    const begun = performance.now()
    const request = { groupId, generationId: generation, memberId, groupInstanceId: null }
    const answer = await this.#connection.request(Heartbeat, 3, request)
    this.slowestBeatMs = Math.max(this.slowestBeatMs, performance.now() - begun)
    if (!(await this.#goesOn(answer.errorCode))) return false
    this.beats++
    const partitions = [{ partitionIndex: 0, committedOffset: this.beats, committedMetadata: '' }]
    const topics = [{ name: 'groups', partitions }]
    const commit = { groupId, generationIdOrMemberEpoch: generation, memberId, topics }
    const committed = await this.#connection.request(OffsetCommit, 6, commit)
    return this.#goesOn(committed.topics[0]!.partitions[0]!.errorCode)
  }

  async #goesOn(error: string): Promise<boolean> {
    if (error === 'NONE') return true
    this.generation = -1
    if (error === 'UNKNOWN_MEMBER_ID') this.#memberId = ''
    else if (retry.has(error)) await sleep(50)
    else if (!rejoin.has(error)) throw new Error(`${this.#groupId}: ${error}`)
    return false
  }
}
