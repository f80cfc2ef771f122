import type { Decision } from '../decision.ts'
import { keys } from '../image/keys.ts'
import type { MetadataImage } from '../image/metadata-image.ts'
import type { PartitionImage } from '../image/topic-image.ts'
import type { Transaction } from '../store/metadata-store.ts'

/** Partitions of one topic, by index. */
export interface PartitionsOfTopic {
  readonly topic: string
  readonly partitions: readonly number[]
}

/**
 * Raises the leader epochs of those of these partitions that the broker leads: what it has of them may end earlier than
 * what it showed before. A reader that was further on learns by the epoch that others took the place of what it read
 * (KIP-320). Answers how many were raised.
 */
export function decideRaiseLeaderEpochs(
  image: MetadataImage,
  wanted: readonly PartitionsOfTopic[],
  brokerId: number,
): Decision<number> {
  const changes: Transaction[] = []
  let count = 0
  for (const { topic: name, partitions } of wanted) {
    const topic = image.topic(name)
    if (topic === undefined) continue
    const raised = partitions.flatMap(index => {
      const partition = topic.partitions[index]
      const key = keys.partitionState(topic.topicId, index)
      return partition?.leader === brokerId ? [{ key, partition }] : []
    })
    if (raised.length === 0) continue
    count += raised.length
    changes.push({
      conditions: [
        { key: keys.topic(name), modRevision: topic.modRevision },
        ...raised.map(({ key, partition }) => ({ key, modRevision: partition.stateRevision })),
      ],
      operations: raised.map(({ key, partition }) => ({ type: 'put', key, value: raisedState(partition) })),
    })
  }
  return { changes, response: count }
}

function raisedState({ leader, leaderEpoch, isr, partitionEpoch }: PartitionImage) {
  return { leader, leaderEpoch: leaderEpoch + 1, isr: [...isr], partitionEpoch: partitionEpoch + 1 }
}
