import { parseConfig } from '@samsa/base'
import { type CreatedTopic, type NewTopic, type Outcome, decideCreateTopics } from '@samsa/cluster'
import { topicConfig } from '@samsa/log'
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
    checkConfig: (_name: string, entries: Readonly<Record<string, string>>) => checkTopicConfig(entries),
    validateOnly,
  }
  return metadata.submit(image => decideCreateTopics(image, topics, context))
}

/** Judges a topic's overrides: undefined when each key is known and its value allowed. */
export function checkTopicConfig(entries: Readonly<Record<string, string>>): Outcome | undefined {
  const [problem] = parseConfig(topicConfig, entries).problems
  return problem === undefined ? undefined : { error: 'INVALID_CONFIG', message: problem.message }
}
