import type { PartitionStateValue, TopicValue } from './values.ts'

/** A topic as of one revision. Immutable; a change makes another one. */
export interface TopicImage {
  readonly name: string
  readonly topicId: string
  /** By partition index. */
  readonly partitions: readonly PartitionImage[]
  /** Revision of the topic's own entry, for conditions. */
  readonly modRevision: number
}

export interface PartitionImage {
  /** Brokers that hold this partition, the preferred leader first. */
  readonly replicas: readonly number[]
  /** Broker that leads; -1 for none. */
  readonly leader: number
  readonly leaderEpoch: number
  readonly isr: readonly number[]
  readonly partitionEpoch: number
  /** Revision of the partition's state, for conditions; 0 while all is as the assignment implies. */
  readonly stateRevision: number
}

/** A partition's stored state with its revision. */
export interface StoredState extends PartitionStateValue {
  readonly modRevision: number
}

/** The topic of a stored value; partitions that `previous` knew keep their states. */
export function topicImage(
  name: string,
  value: TopicValue,
  modRevision: number,
  previous: TopicImage | undefined,
): TopicImage {
  const shared = new Map<string, PartitionImage>()
  const known = previous?.topicId === value.topicId ? previous.partitions : []
  const partitions = value.assignment.map((replicas, index) => {
    const before = known[index]
    return before === undefined || before.stateRevision === 0
      ? impliedPartition(replicas, shared)
      : { ...before, replicas }
  })
  return { name, topicId: value.topicId, partitions, modRevision }
}

/** The topic with some partitions' states replaced; `undefined` goes back to what the assignment implies. */
export function withStates(
  topic: TopicImage,
  states: Iterable<readonly [number, StoredState | undefined]>,
): TopicImage {
  const partitions = [...topic.partitions]
  for (const [index, state] of states) {
    const before = partitions[index]
    if (before === undefined) continue
    partitions[index] =
      state === undefined ? impliedPartition(before.replicas, new Map()) : statedPartition(before, state)
  }
  return { ...topic, partitions }
}

function statedPartition(before: PartitionImage, state: StoredState): PartitionImage {
  const { leader, leaderEpoch, isr, partitionEpoch, modRevision } = state
  return { replicas: before.replicas, leader, leaderEpoch, isr, partitionEpoch, stateRevision: modRevision }
}

// All partitions of a topic that live on the same brokers are one object: ten thousand cost no more than one.
function impliedPartition(replicas: readonly number[], shared: Map<string, PartitionImage>): PartitionImage {
  const key = replicas.join()
  let partition = shared.get(key)
  if (partition === undefined) {
    partition = {
      replicas,
      leader: replicas[0]!,
      leaderEpoch: 0,
      isr: replicas,
      partitionEpoch: 0,
      stateRevision: 0,
    }
    shared.set(key, partition)
  }
  return partition
}
