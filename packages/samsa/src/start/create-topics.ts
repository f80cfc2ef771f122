import type { Logger } from '@samsa/base'
import type { Broker, CreatedTopic } from '@samsa/broker'
import type { TopicToCreate } from '../settings/topics-to-create.ts'
import { newTopic } from './new-topic.ts'

/** Makes the topics that are not there yet, on the node that was just started, and says what became of each. */
export async function createTopics(
  broker: Pick<Broker, 'createTopics'>,
  topics: readonly TopicToCreate[],
  logger: Logger,
): Promise<void> {
  for (const outcome of await broker.createTopics(topics.map(newTopic))) tellOutcome(outcome, logger)
}

function tellOutcome({ name, error, message }: CreatedTopic, logger: Logger): void {
  if (error === 'NONE') logger.info(`KAFKA_CREATE_TOPICS: the topic ${name} is made.`)
  else if (error === 'TOPIC_ALREADY_EXISTS')
    logger.info(`KAFKA_CREATE_TOPICS: the topic ${name} is there already.`)
  else logger.warn(`KAFKA_CREATE_TOPICS: the topic ${name} is not made: ${message ?? error} (${error})`)
}
