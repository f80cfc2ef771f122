import type { Admin, CallOptions, TopicPartition } from '@samsa/client'
import { FailedError } from '../command/command.ts'
import { partitionKey } from './partitions.ts'

/** A topic or `topic:0,1` that cannot be read as one. */
export class TopicArgumentError extends FailedError {}

/**
 * The partitions that topics on a command line mean: `orders` all of them, `orders:0,1` two. Throws
 * `TopicArgumentError`, or the `KafkaError` of a topic that does not exist.
 */
export async function partitionsMeant(
  admin: Admin,
  topics: readonly string[],
  call: CallOptions,
): Promise<TopicPartition[]> {
  const [whole, named] = splitTopics(topics)
  const partitions = named.flatMap(namedPartitions)
  if (whole.length === 0) return partitions
  const described = await admin.describeTopics(whole, call).values()
  return [
    ...partitions,
    ...described.flatMap(({ name: topic, partitions }) =>
      partitions.map(({ partition }) => ({ topic, partition })),
    ),
  ]
}

/** Topics without and with partitions. */
export function splitTopics(topics: readonly string[]): [whole: string[], named: string[]] {
  return [topics.filter(topic => !topic.includes(':')), topics.filter(topic => topic.includes(':'))]
}

/** Reads `orders:0,1`. */
export function namedPartitions(given: string): TopicPartition[] {
  const [topic, partitions, ...more] = given.split(':')
  if (partitions === undefined || partitions === '' || more.length > 0)
    throw new TopicArgumentError(`Invalid topic arg '${given}', expected topic name and partitions`)
  return partitions.split(',').map(partition => {
    if (!/^[+-]?\d+$/.test(partition))
      throw new TopicArgumentError(`Invalid partition '${partition}' specified in topic arg '${given}''`)
    return { topic: topic!, partition: Number(partition) }
  })
}

/** Throws unless all partitions exist and have a leader. */
export async function checkPartitions(
  admin: Admin,
  partitions: readonly TopicPartition[],
  call: CallOptions,
): Promise<void> {
  if (partitions.length === 0) return
  const topics = [...new Set(partitions.map(({ topic }) => topic))]
  const described = await admin.describeTopics(topics, call)
  const leaders = new Map<string, boolean>()
  for (const { item: topic, value } of described)
    for (const { partition, leader } of value!.partitions)
      leaders.set(partitionKey({ topic, partition }), leader !== undefined)
  refuse(partitions, key => !leaders.has(key), 'do not exist')
  refuse(partitions, key => leaders.get(key) !== true, 'have no leader')
}

function refuse(
  partitions: readonly TopicPartition[],
  isWrong: (key: string) => boolean,
  what: string,
): void {
  const wrong = partitions.map(partitionKey).filter(isWrong)
  if (wrong.length > 0) throw new FailedError(`The partitions "${wrong.join(',')}" ${what}`)
}
