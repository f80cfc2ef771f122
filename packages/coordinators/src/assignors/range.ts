import {
  type AssignablePartition,
  type AssignableTopics,
  type ClientAssignor,
  type GroupAssignment,
  type MemberSubscription,
  type Subscriptions,
  type TopicPartition,
  compareMembers,
  compareTexts,
  racksMatter,
} from './assignor.ts'

/**
 * Range: of each topic, every member gets a run of neighbouring partitions; the first members get one more where it does
 * not come out even. Topics with equally many partitions and the same members are shared out alike, so that records with
 * the same key meet in one member.
 *
 * Where racks matter (KIP-881), partitions first go to members in a rack of theirs, as far as balance allows.
 */
export const rangeAssignor: ClientAssignor = {
  name: 'range',
  rebalance: 'eager',
  userData: () => null,
  assign(topics, subscriptions) {
    const assignment: GroupAssignment = new Map([...subscriptions.keys()].map(id => [id, []]))
    const shares = sharesOf(topics, subscriptions)
    const hasRacks = shares.some(share => share.needsRacks)
    if (hasRacks) assignWithinRacks(shares, assignment)
    for (const share of shares) assignRanges(share, () => true, assignment)
    if (hasRacks) for (const partitions of assignment.values()) partitions.sort(byTopicAndNumber)
    return assignment
  },
}

function byTopicAndNumber(one: TopicPartition, other: TopicPartition): number {
  return compareTexts(one.topic, other.topic) || one.partition - other.partition
}

/** How far one topic is shared out. */
class TopicShare {
  readonly topic: string
  /** Racks (if any) of the members that subscribe to the topic, in the order in which they are served. */
  readonly members: ReadonlyMap<string, string | undefined>
  readonly racks: readonly ReadonlySet<string>[]
  readonly needsRacks: boolean
  readonly unassigned: Set<number>
  readonly #perMember: number
  #membersWithOneMore: number
  readonly #assigned = new Map<string, number>()

  constructor(
    topic: string,
    partitions: readonly AssignablePartition[],
    members: readonly (readonly [string, MemberSubscription])[],
  ) {
    this.topic = topic
    this.members = new Map(members.map(([id, member]) => [id, member.rackId || undefined]))
    this.unassigned = new Set(partitions.map(({ partition }) => partition))
    this.#perMember = members.length === 0 ? 0 : Math.floor(partitions.length / members.length)
    this.#membersWithOneMore = members.length === 0 ? 0 : partitions.length % members.length
    const memberRacks = new Set([...this.members.values()].filter(rack => rack !== undefined))
    this.racks = partitions.map(({ racks }) => new Set(racks))
    this.needsRacks = memberRacks.size > 0 && racksMatter(memberRacks, this.racks)
  }

  racksMatch(member: string, partition: number): boolean {
    const rack = this.members.get(member)
    return rack === undefined || this.racks[partition]!.has(rack)
  }

  /** How many partitions more the member may get. */
  room(member: string): number {
    const most = this.#perMember + (this.#membersWithOneMore > 0 ? 1 : 0)
    return Math.max(0, most - (this.#assigned.get(member) ?? 0))
  }

  take(member: string, partitions: readonly number[]): TopicPartition[] {
    const count = (this.#assigned.get(member) ?? 0) + partitions.length
    this.#assigned.set(member, count)
    if (count > this.#perMember) this.#membersWithOneMore--
    for (const partition of partitions) this.unassigned.delete(partition)
    return partitions.map(partition => ({ topic: this.topic, partition }))
  }
}

function sharesOf(topics: AssignableTopics, subscriptions: Subscriptions): TopicShare[] {
  const members = [...subscriptions].sort(compareMembers)
  const shares: TopicShare[] = []
  for (const [topic, partitions] of topics) {
    if (partitions.length === 0) continue
    const subscribed = members.filter(([, member]) => member.topics.includes(topic))
    shares.push(new TopicShare(topic, partitions, subscribed))
  }
  return shares
}

function assignRanges(
  share: TopicShare,
  mayHave: (member: string, partition: number) => boolean,
  assignment: GroupAssignment,
): void {
  for (const member of share.members.keys()) {
    if (share.unassigned.size === 0) return
    const suitable = [...share.unassigned].filter(partition => mayHave(member, partition))
    const taken = suitable.slice(0, share.room(member))
    if (taken.length > 0) assignment.get(member)!.push(...share.take(member, taken))
  }
}

function assignWithinRacks(shares: readonly TopicShare[], assignment: GroupAssignment): void {
  const alike = new Map<string, TopicShare[]>()
  for (const share of shares) {
    // Topics that are to be shared out alike: the same members, and equally many partitions with known racks.
    const known = [...share.members.values()].some(rack => rack !== undefined) ? share.racks.length : 0
    const key = JSON.stringify([known, [...share.members]])
    alike.set(key, [...(alike.get(key) ?? []), share])
  }
  for (const together of alike.values()) {
    const [share] = together
    if (together.length > 1) assignTogetherWithinRacks(together, assignment)
    else if (share!.needsRacks) {
      assignRanges(share!, (member, partition) => share!.racksMatch(member, partition), assignment)
    }
  }
}

function assignTogetherWithinRacks(shares: readonly TopicShare[], assignment: GroupAssignment): void {
  const members = [...shares[0]!.members.keys()]
  const remaining = new Set(members)
  if ([...shares[0]!.members.values()].every(rack => rack === undefined)) return
  for (let partition = 0; partition < shares[0]!.racks.length && remaining.size > 0; partition++) {
    const match = [...remaining].find(member =>
      shares.every(share => share.racksMatch(member, partition) && share.room(member) > 0),
    )
    if (match === undefined) continue
    for (const share of shares) assignment.get(match)!.push(...share.take(match, [partition]))
    if (shares.every(share => share.room(match) === 0)) remaining.delete(match)
  }
}
