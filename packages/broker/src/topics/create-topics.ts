import { type CreatedTopic, type NewTopic, decideCreateTopics } from '@samsa/cluster'
import { checkTopicConfig } from '../config-resources/check-config.ts'
import type { ConfigTexts } from '../config/live-config.ts'
import type { Services } from '../services.ts'

/**
 * Creates topics: for a request, for a client that needs them, and for the broker itself. Answers once they are in the
 * metadata, durable, and hosted where this broker is to host them.
 */
export function createTopics(
  topics: readonly NewTopic[],
  { metadata, config, world }: Pick<Services, 'metadata' | 'config' | 'world'>,
  validateOnly = false,
): Promise<CreatedTopic[]> {
  const context = {
    random: world.random,
    defaults: {
      numPartitions: config.get('num.partitions'),
      replicationFactor: config.get('default.replication.factor'),
    },
    checkConfig: (_name: string, entries: ConfigTexts) => checkTopicConfig(entries, config),
    validateOnly,
  }
  return metadata.submitItems(
    image => decideCreateTopics(image, topics, context),
    outcome => topics.map(({ name }) => ({ name, ...outcome })),
  )
}
