import type { ClientAssignor, MemberSubscription } from '@samsa/coordinators'
import type { CompleteResponseOf, JoinGroup } from '@samsa/protocol'
import type { Cluster } from '../../cluster/index.ts'
import { KafkaError, asKafkaError } from '../../errors.ts'
import { assignable, decodeSubscription, encodeAssignment } from './consumer-protocol.ts'

type Joined = CompleteResponseOf<typeof JoinGroup>

/** What the leader of a generation decided, and by what. */
export interface LeaderDecision {
  readonly assignments: { readonly memberId: string; readonly assignment: Uint8Array }[]
  /** Topics of the whole group with their numbers of partitions: when these change, the group has to rebalance. */
  readonly topics: ReadonlyMap<string, number>
}

/** Topics that any member of the group subscribes to. */
export function topicsOfGroup(joined: Joined): string[] {
  const topics = subscriptionsOf(joined).values()
  return [...new Set([...topics].flatMap(subscription => subscription.topics))]
}

function subscriptionsOf(joined: Joined): Map<string, MemberSubscription> {
  return new Map(
    joined.members.map(({ memberId, metadata, groupInstanceId }) => {
      try {
        return [memberId, decodeSubscription(metadata, groupInstanceId)]
      } catch (error) {
        const message = `the subscription of the member '${memberId}' cannot be read`
        throw new KafkaError('INCONSISTENT_GROUP_PROTOCOL', message, { cause: error })
      }
    }),
  )
}

/** Shares out the partitions of a new generation, with what is known of its topics. */
export function decideAsLeader(cluster: Cluster, joined: Joined, assignor: ClientAssignor): LeaderDecision {
  const { metadata } = cluster
  const racks = new Map(metadata.brokers().map(({ nodeId, rack }) => [nodeId, rack]))
  const counts = new Map<string, number>()
  const topics = new Map()
  for (const name of topicsOfGroup(joined)) {
    const topic = metadata.topic(name)
    counts.set(name, topic?.partitions.length ?? 0)
    if (topic !== undefined)
      topics.set(
        name,
        assignable(topic, nodeId => racks.get(nodeId)),
      )
  }
  const assignment = assignor.assign(topics, subscriptionsOf(joined))
  return {
    assignments: [...assignment].map(([memberId, partitions]) => ({
      memberId,
      assignment: encodeAssignment(partitions),
    })),
    topics: counts,
  }
}

/** Waits a moment for topics that the group subscribes to; those that do not exist are left out. */
export async function learnTopics(
  cluster: Cluster,
  topics: readonly string[],
  allowAutoCreation: boolean,
): Promise<void> {
  if (topics.every(topic => cluster.metadata.topic(topic) !== undefined)) return
  try {
    await cluster.metadata.ensure(topics, { deadlineMs: cluster.deadlineIn(LEARN_MS), allowAutoCreation })
  } catch (error) {
    if (asKafkaError(error).code === 'CLOSED') throw error
  }
}

const LEARN_MS = 1000
