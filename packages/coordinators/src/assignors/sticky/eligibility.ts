import { type MemberSubscription, compareTexts } from '../assignor.ts'
import type { Slots } from './slots.ts'

/** Who may have what: subscriptions to topics that exist, in both directions. */
export class Eligibility {
  readonly #slots: Slots
  readonly #topicsOf = new Map<string, ReadonlySet<string>>()
  readonly #membersOf = new Map<string, string[]>()

  constructor(slots: Slots, members: readonly (readonly [string, MemberSubscription])[]) {
    this.#slots = slots
    for (const topic of slots.byTopic.keys()) this.#membersOf.set(topic, [])
    for (const [id, { topics }] of members) {
      const existing = [...new Set(topics)].filter(topic => slots.byTopic.has(topic))
      this.#topicsOf.set(id, new Set(existing))
      for (const topic of existing) this.#membersOf.get(topic)!.push(id)
    }
  }

  get members(): IterableIterator<string> {
    return this.#topicsOf.keys()
  }

  mayHave(member: string, topic: string): boolean {
    return this.#topicsOf.get(member)!.has(topic)
  }

  topicsOf(member: string): ReadonlySet<string> {
    return this.#topicsOf.get(member)!
  }

  membersOf(topic: string): readonly string[] {
    return this.#membersOf.get(topic)!
  }

  /** Whether partitions of a topic have somewhere to go. */
  isMovable(topic: string): boolean {
    return this.membersOf(topic).length >= 2
  }

  /** How many partitions a member could have if nobody else had any. */
  mostOf(member: string): number {
    return [...this.topicsOf(member)].reduce((sum, topic) => sum + this.#slots.countOf(topic), 0)
  }

  /** Topics that few members may have come first. */
  topicsByMembers(): string[] {
    const count = (topic: string) => this.membersOf(topic).length
    return [...this.#membersOf.keys()].sort(
      (one, other) => count(one) - count(other) || compareTexts(one, other),
    )
  }
}
