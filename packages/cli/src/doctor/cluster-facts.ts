import type { BrokerNode, KafkaError, TopicDescription } from '@samsa/client'

/** Values of configuration keys; null is a value that is not set. */
export type Settings = ReadonlyMap<string, string | null>

/** What was learnt of a cluster, for the checks to judge. */
export interface ClusterFacts {
  /** The addresses it was asked at. */
  readonly bootstrapServers: string
  readonly brokers: readonly BrokerNode[]
  /** Brokers that did not answer at the address they advertise. */
  readonly unreached: ReadonlyMap<number, KafkaError>
  readonly topics: readonly TopicDescription[]
  readonly topicSettings: ReadonlyMap<string, Settings>
  readonly brokerSettings: ReadonlyMap<number, Settings>
  readonly groups: readonly GroupFacts[]
  /** What could not be asked, and why. */
  readonly unknown: readonly { readonly what: string; readonly error: KafkaError }[]
}

export interface GroupFacts {
  readonly groupId: string
  readonly hasMembers: boolean
  readonly partitions: readonly PartitionProgress[]
}

/** Where a group stands in a partition. */
export interface PartitionProgress {
  readonly topic: string
  readonly partition: number
  readonly committed: number
  /** The first record that is left. */
  readonly start: number
  /** One beyond the last record. */
  readonly end: number
}
