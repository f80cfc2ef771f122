import type { Broker } from '@samsa/broker'
import { KafkaError } from '@samsa/client'
import type { TopicToStart } from './options.ts'

/** Makes topics, all of them or none of those that are wrong. Rejects with `KafkaError` for the first that was not made. */
export async function makeTopics(
  broker: Pick<Broker, 'createTopics'>,
  topics: readonly (string | TopicToStart)[],
): Promise<void> {
  if (topics.length === 0) return
  for (const { name, error, message } of await broker.createTopics(topics.map(newTopic))) {
    if (error === 'NONE' || error === 'TOPIC_ALREADY_EXISTS') continue
    throw new KafkaError(error, `topics: ${name}: ${message ?? error}`)
  }
}

function newTopic(topic: string | TopicToStart) {
  const {
    name,
    partitions = -1,
    configs = {},
  }: TopicToStart = typeof topic === 'string' ? { name: topic } : topic
  return {
    name,
    numPartitions: partitions,
    replicationFactor: -1,
    assignments: [],
    configs: Object.entries(configs).map(([key, value]) => ({ name: key, value: String(value) })),
  }
}
