import type { Broker } from '@samsa/broker'
import { KafkaError } from '@samsa/client'
import { newTopic } from '../start/new-topic.ts'
import type { TopicToStart } from './options.ts'

/** Makes topics, all of them or none of those that are wrong. Rejects with `KafkaError` for the first that was not made. */
export async function makeTopics(
  broker: Pick<Broker, 'createTopics'>,
  topics: readonly (string | TopicToStart)[],
): Promise<void> {
  if (topics.length === 0) return
  const wanted = topics.map(topic => newTopic(typeof topic === 'string' ? { name: topic } : topic))
  for (const { name, error, message } of await broker.createTopics(wanted)) {
    if (error === 'NONE' || error === 'TOPIC_ALREADY_EXISTS') continue
    throw new KafkaError(error, `topics: ${name}: ${message ?? error}`)
  }
}
