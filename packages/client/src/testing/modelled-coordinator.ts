import type { SimulatedWorld } from '@samsa/base'
import {
  ConsumerGroupHeartbeat,
  FindCoordinator,
  Metadata,
  type RequestOf,
  type ResponseOf,
} from '@samsa/protocol'
import { type Reaction, ScriptedPeer, metadataAnswer } from './scripted-peer.ts'

type Request = RequestOf<typeof ConsumerGroupHeartbeat>
type Response = ResponseOf<typeof ConsumerGroupHeartbeat>

interface KnownMember {
  epoch: number
  previousEpoch: number
  /** What it holds as far as the coordinator can tell: nobody else gets it before it is given back. */
  readonly held: Set<number>
  /** What it was told last, as text. */
  told: string
  heardAtMs: number
}

const SESSION_MS = 5000
const INTERVAL_MS = 500

/**
 * The coordinator of one group of the new protocol (KIP-848) on two brokers, as far as members can tell: epochs,
 * fencing, sessions, and partitions that change hands only when they were given back. It moves when a test says so.
 */
export class ModelledCoordinator {
  static readonly topicId = 'AAAAAAAAAAAAAAAAAAAAAQ'
  readonly members = new Map<string, KnownMember>()
  readonly partitionCount: number
  /** Which broker answers: the other one is not the coordinator. */
  node = 1
  /** Until then requests are told that the group is being loaded. */
  loadedAtMs = 0
  readonly #world: SimulatedWorld
  #groupEpoch = 0

  private constructor(world: SimulatedWorld, partitionCount: number) {
    this.#world = world
    this.partitionCount = partitionCount
  }

  /** Starts both brokers, on machines named `one` and `two`. */
  static async start(world: SimulatedWorld, partitionCount: number): Promise<ModelledCoordinator> {
    const coordinator = new ModelledCoordinator(world, partitionCount)
    for (const [at, host] of ['one', 'two'].entries()) {
      const peer = await world.finish(ScriptedPeer.listen(world, { host }))
      coordinator.#script(peer, at + 1)
    }
    return coordinator
  }

  /** Members that did not let themselves be heard lose their place. */
  expire(): void {
    for (const [id, member] of this.members) {
      if (this.#now - member.heardAtMs > SESSION_MS) this.#remove(id)
    }
  }

  /** What a member should have in the end: partitions in turn, by the members' ids. */
  targetOf(memberId: string): Set<number> {
    const ids = [...this.members.keys()].sort()
    const partitions = Array.from({ length: this.partitionCount }, (_, partition) => partition)
    return new Set(partitions.filter(partition => ids[partition % ids.length] === memberId))
  }

  get #now(): number {
    return this.#world.clock.monotonicMs()
  }

  #script(peer: ScriptedPeer, node: number): void {
    const leaders = Array.from({ length: this.partitionCount }, () => 1)
    const topics = [{ name: 't', id: ModelledCoordinator.topicId, leaders }]
    peer.on(Metadata, () => metadataAnswer({ 1: 'one:9092', 2: 'two:9092' }, topics))
    peer.on(FindCoordinator, ({ request }) => ({
      coordinators: request.coordinatorKeys.map(key => {
        const host = this.node === 1 ? 'one' : 'two'
        return { key, nodeId: this.node, host, port: 9092, errorCode: 'NONE' as const, errorMessage: null }
      }),
    }))
    peer.on(ConsumerGroupHeartbeat, ({ request }) => this.#heartbeat(request, node))
  }

  #heartbeat(request: Request, node: number): Reaction<typeof ConsumerGroupHeartbeat> {
    if (node !== this.node) return refusal('NOT_COORDINATOR')
    if (this.#now < this.loadedAtMs) return refusal('COORDINATOR_LOAD_IN_PROGRESS')
    this.expire()
    const { memberId, memberEpoch } = request
    if (memberEpoch < 0) {
      this.#remove(memberId)
      return { errorCode: 'NONE', memberId, memberEpoch, heartbeatIntervalMs: INTERVAL_MS }
    }
    if (memberEpoch === 0) this.#join(memberId)
    const member = this.members.get(memberId)
    if (member === undefined) return refusal('UNKNOWN_MEMBER_ID')
    if (memberEpoch !== 0 && memberEpoch !== member.epoch && memberEpoch !== member.previousEpoch)
      return refusal('FENCED_MEMBER_EPOCH')
    member.heardAtMs = this.#now
    return this.#answer(memberId, member, request)
  }

  /** A member that joins has nothing: what it held before is free. */
  #join(memberId: string): void {
    if (!this.members.has(memberId)) this.#groupEpoch++
    const member = { epoch: 0, previousEpoch: 0, held: new Set<number>(), told: '', heardAtMs: this.#now }
    this.members.set(memberId, member)
  }

  #remove(memberId: string): void {
    if (this.members.delete(memberId)) this.#groupEpoch++
  }

  #answer(memberId: string, member: KnownMember, request: Request): Response {
    const target = this.targetOf(memberId)
    const owned = request.topicPartitions?.flatMap(({ partitions }) => partitions)
    // What it was given and does not name has not arrived yet, or was given back: only the latter is out of its target.
    if (owned !== undefined) {
      for (const partition of member.held) {
        if (!target.has(partition) && !owned.includes(partition)) member.held.delete(partition)
      }
    }
    const hasToGive = [...member.held].some(partition => !target.has(partition))
    if (!hasToGive) this.#advance(member, target)
    const given = [...member.held].filter(partition => target.has(partition)).sort()
    const told = given.join()
    const isFull = request.subscribedTopicNames !== null
    const isNews = told !== member.told || isFull
    member.told = told
    const topicPartitions =
      given.length > 0 ? [{ topicId: ModelledCoordinator.topicId, partitions: given }] : []
    return {
      errorCode: 'NONE',
      memberId,
      memberEpoch: member.epoch,
      heartbeatIntervalMs: INTERVAL_MS,
      assignment: isNews ? { topicPartitions } : null,
    }
  }

  /** It has given up what it had to: it is in the newest epoch, and gets what nobody holds. */
  #advance(member: KnownMember, target: ReadonlySet<number>): void {
    if (member.epoch !== this.#groupEpoch) {
      member.previousEpoch = member.epoch
      member.epoch = this.#groupEpoch
    }
    const held = new Set([...this.members.values()].flatMap(one => [...one.held]))
    for (const partition of target) if (!held.has(partition)) member.held.add(partition)
  }
}

function refusal(errorCode: Response['errorCode']): Response {
  return { errorCode, memberId: null, memberEpoch: 0, heartbeatIntervalMs: 0 }
}
