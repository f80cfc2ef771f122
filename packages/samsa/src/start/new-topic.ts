import type { NewTopic } from '@samsa/broker'

/** A topic as who runs a node names it: by name, or in full. */
export interface TopicByName {
  readonly name: string
  /** Default: the broker's. */
  readonly partitions?: number
  /** Default: the broker's. */
  readonly replicas?: number
  /** Kafka's topic keys. */
  readonly configs?: Readonly<Record<string, string | number | boolean>>
}

/** The same as CreateTopics has it, where -1 leaves a count to the broker. */
export function newTopic({ name, partitions = -1, replicas = -1, configs = {} }: TopicByName): NewTopic {
  return {
    name,
    numPartitions: partitions,
    replicationFactor: replicas,
    assignments: [],
    configs: Object.entries(configs).map(([key, value]) => ({ name: key, value: String(value) })),
  }
}
