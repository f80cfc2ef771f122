import type { ErrorName } from '@samsa/protocol'

/** What the cluster says about a topic. */
export interface TopicMetadata {
  readonly name: string
  /** `ZERO_UUID` where the broker is older than topic ids. */
  readonly id: string
  readonly isInternal: boolean
  /** By partition number. */
  readonly partitions: readonly PartitionMetadata[]
}

export interface PartitionMetadata {
  readonly partition: number
  /** -1 while there is none. */
  readonly leaderId: number
  /** -1 where the broker is older than leader epochs. */
  readonly leaderEpoch: number
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
  readonly offlineReplicas: readonly number[]
  readonly errorCode: ErrorName
}

export interface Leader {
  readonly nodeId: number
  /** -1 when unknown. */
  readonly epoch: number
}

export interface Broker {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
}
