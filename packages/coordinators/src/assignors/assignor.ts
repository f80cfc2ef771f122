/** One partition of a topic, by name. */
export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/** What a member of a classic group told about itself when it joined. */
export interface MemberSubscription {
  readonly topics: readonly string[]
  /** What the assignor of the member wrote for the leader's assignor, if anything. */
  readonly userData: Uint8Array | null
  /** Partitions it still has (KIP-429); members of eager assignors have none while they join. */
  readonly ownedPartitions: readonly TopicPartition[]
  /** The generation it owns them since (KIP-792); undefined for clients that do not tell. */
  readonly generationId: number | undefined
  /** Its name in a static membership (KIP-345). */
  readonly groupInstanceId: string | undefined
  /** Its rack (KIP-881); undefined or empty when it does not matter. */
  readonly rackId: string | undefined
}

/** A partition to be assigned, with the racks of its replicas where brokers tell. */
export interface AssignablePartition {
  readonly partition: number
  readonly racks: readonly string[]
}

/** The partitions of every existing subscribed topic, in the order of their numbers. */
export type AssignableTopics = ReadonlyMap<string, readonly AssignablePartition[]>

/** Members by id, in the order in which the coordinator named them. */
export type Subscriptions = ReadonlyMap<string, MemberSubscription>

/** The partitions of each member, by its id; members without partitions have an empty list. */
export type GroupAssignment = Map<string, TopicPartition[]>

/**
 * A rule by which the leader of a classic group shares out partitions. Pure: what it has to remember between two
 * rebalances travels in the subscriptions.
 */
export interface ClientAssignor {
  /** The name it has in JoinGroup, equal to that of Kafka's assignor with the same results. */
  readonly name: string
  /**
   * 'cooperative' members keep their partitions while they rejoin and give up only what moves (KIP-429); 'eager'
   * members give up everything first.
   */
  readonly rebalance: 'eager' | 'cooperative'
  assign(topics: AssignableTopics, subscriptions: Subscriptions): GroupAssignment
  /** What a member sends along: `previous` is the last assignment it was given, if any, and its generation. */
  userData(previous: PreviousAssignment | undefined): Uint8Array | null
}

export interface PreviousAssignment {
  readonly partitions: readonly TopicPartition[]
  readonly generationId: number
}

/** Orders texts as Java does: by their UTF-16 code units. */
export function compareTexts(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}

/**
 * Orders members by their static name, those without one last and by their id: static members keep their place when
 * they come back with another id.
 */
export function compareMembers(
  [oneId, one]: readonly [string, MemberSubscription],
  [otherId, other]: readonly [string, MemberSubscription],
): number {
  if (one.groupInstanceId !== undefined && other.groupInstanceId !== undefined) {
    return compareTexts(one.groupInstanceId, other.groupInstanceId)
  }
  if (one.groupInstanceId !== undefined) return -1
  if (other.groupInstanceId !== undefined) return 1
  return compareTexts(oneId, otherId)
}

/** Whether racks can make a difference: some members have one of the replicas' racks, and not every partition is on all. */
export function racksMatter(
  memberRacks: ReadonlySet<string>,
  racksOfPartitions: readonly ReadonlySet<string>[],
): boolean {
  const partitionRacks = new Set(racksOfPartitions.flatMap(racks => [...racks]))
  if (![...memberRacks].some(rack => partitionRacks.has(rack))) return false
  return !racksOfPartitions.every(racks => racks.size === partitionRacks.size)
}
