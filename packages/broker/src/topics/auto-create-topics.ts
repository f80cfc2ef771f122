import { type NewTopic, isInternalTopic } from '@samsa/cluster'
import type { ErrorName } from '@samsa/protocol'
import type { LiveConfig } from '../config/live-config.ts'
import type { Services } from '../services.ts'
import { createTopics } from './create-topics.ts'

/**
 * Creates topics because a client asked about them. Returns why some could not be; the rest exist when it resolves,
 * so unlike with Apache Kafka the client need not ask again.
 */
export async function autoCreateTopics(
  names: readonly string[],
  services: Pick<Services, 'metadata' | 'config' | 'world'>,
): Promise<Map<string, ErrorName>> {
  const { config } = services
  const wanted = names.filter(name => isInternalTopic(name) || config.get('auto.create.topics.enable'))
  if (wanted.length === 0) return new Map()
  const outcomes = await createTopics(
    [...new Set(wanted)].map(name => topicToCreate(name, config)),
    services,
  )
  return new Map(outcomes.filter(isRefused).map(({ name, error }) => [name, error]))
}

const isRefused = ({ error }: { error: ErrorName }) => error !== 'NONE' && error !== 'TOPIC_ALREADY_EXISTS'

/** What a topic made by need looks like: the broker's own by their keys, others by the defaults. */
export function topicToCreate(name: string, config: LiveConfig): NewTopic {
  const internal = internalTopics[name]?.(config)
  return {
    name,
    numPartitions: internal?.numPartitions ?? -1,
    replicationFactor: internal?.replicationFactor ?? -1,
    assignments: [],
    configs: Object.entries(internal?.configs ?? {}).map(([key, value]) => ({ name: key, value })),
  }
}

interface InternalTopic {
  readonly numPartitions: number
  readonly replicationFactor: number
  readonly configs: Readonly<Record<string, string>>
}

const internalTopics: Readonly<Record<string, (config: LiveConfig) => InternalTopic>> = {
  // Replication factors are those of a cluster; one broker holds what it can.
  __consumer_offsets: config => ({
    numPartitions: config.get('offsets.topic.num.partitions'),
    replicationFactor: 1,
    configs: {
      'cleanup.policy': 'compact',
      'compression.type': 'producer',
      'segment.bytes': String(config.get('offsets.topic.segment.bytes')),
    },
  }),
}
