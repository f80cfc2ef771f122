import { type BrokerNode, nodeOf } from './cluster-description.ts'
import type { AdminContext } from './context.ts'
import type { Target } from './routing.ts'

/** The broker that coordinates the groups it was just asked about. */
export function coordinatorNode({ cluster }: AdminContext, target: Target): BrokerNode | undefined {
  const broker = cluster.metadata.brokers().find(({ nodeId }) => nodeId === target)
  return broker && nodeOf(broker)
}

/** Topics with partitions, as responses have them, one by one. */
export function partitionsOf(
  topics: readonly { readonly topicName: string; readonly partitions: readonly number[] }[],
): { topic: string; partition: number }[] {
  return topics.flatMap(({ topicName: topic, partitions }) =>
    partitions.map(partition => ({ topic, partition })),
  )
}
