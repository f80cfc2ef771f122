import { CommittedOffsets } from './committed-offsets.ts'
import type { History } from './history.ts'
import { Violation } from './violation.ts'

/** What a leader hands out, in a form of this simulation's own: who computed it, and a part of the partitions. */
export interface Assignment {
  readonly token: string
  readonly partitions: readonly number[]
}

export interface MemberId {
  readonly memberId: string
  readonly instanceId: string | null
}

interface Generation {
  readonly token: string
  readonly owners: Map<number, MemberId>
}

/** What the members of one group were told. */
export class GroupLedger {
  readonly groupId: string
  readonly topic: string
  readonly partitions: number
  readonly offsets: readonly CommittedOffsets[]
  readonly #history: History
  readonly #generations = new Map<number, Generation>()
  /** Static members that were given their part, by instance: all ids they had before are fenced. */
  readonly #fencedIds = new Set<string>()
  readonly #idOf = new Map<string, string>()
  /** The newest generation that anyone was given a part of. */
  newest = 0
  #lastOffset = 0

  constructor(groupId: string, topic: string, partitions: number, history: History) {
    this.groupId = groupId
    this.topic = topic
    this.partitions = partitions
    this.#history = history
    this.offsets = Array.from(
      { length: partitions },
      (_, i) => new CommittedOffsets(`${groupId}/${i}`, history),
    )
  }

  /** Each commit is another one. */
  nextOffset(): number {
    return ++this.#lastOffset
  }

  /** Whether the member id is fenced for good. */
  isFenced(memberId: string): boolean {
    return this.#fencedIds.has(memberId)
  }

  /**
   * A request of a member of this generation was served.
   *
   * @param newest `newest` as of when the request was sent
   * @param wasFenced `isFenced` as of then
   */
  served(what: string, generation: number, memberId: string, newest: number, wasFenced: boolean): void {
    if (generation < newest) {
      this.#fail(
        'generationsRise',
        `${what} of ${memberId} in generation ${generation} was served after ${newest}`,
      )
    }
    if (wasFenced) this.#fail('fenced', `${what} of ${memberId} was served`)
  }

  /** A member was given its part. */
  assigned(generation: number, member: MemberId, { token, partitions }: Assignment): void {
    // Its successor was told earlier; this answer was only longer under way.
    if (this.isFenced(member.memberId)) return
    let known = this.#generations.get(generation)
    if (known === undefined) {
      known = { token, owners: new Map() }
      this.#generations.set(generation, known)
      this.#history.figures.generations++
    }
    if (known.token !== token) {
      this.#fail('oneAssignment', `in generation ${generation} ${known.token} and ${token} were handed out`)
    }
    for (const partition of partitions) this.#own(generation, known, partition, member)
    this.newest = Math.max(this.newest, generation)
    this.#fence(member)
  }

  #own(generation: number, { owners }: Generation, partition: number, member: MemberId): void {
    const owner = owners.get(partition)
    const isSame = owner?.memberId === member.memberId
    const isSuccessor =
      owner !== undefined && owner.instanceId !== null && owner.instanceId === member.instanceId
    if (owner !== undefined && !isSame && !isSuccessor) {
      this.#fail(
        'oneOwner',
        `${partition} belongs to ${owner.memberId} and ${member.memberId} in ${generation}`,
      )
    }
    owners.set(partition, member)
  }

  #fence({ memberId, instanceId }: MemberId): void {
    if (instanceId === null) return
    const former = this.#idOf.get(instanceId)
    if (former === memberId) return
    if (former !== undefined) this.#fencedIds.add(former)
    this.#idOf.set(instanceId, memberId)
  }

  #fail(invariant: 'oneOwner' | 'oneAssignment' | 'generationsRise' | 'fenced', detail: string): never {
    throw new Violation(invariant, `${this.groupId}: ${detail}`)
  }
}
