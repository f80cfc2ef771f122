import {
  type AssignablePartition,
  type ClientAssignor,
  type MemberSubscription,
  type PreviousAssignment,
  clientAssignors,
} from '@samsa/coordinators'
import {
  ConsumerProtocolAssignment,
  ConsumerProtocolSubscription,
  decodeVersioned,
  encodeVersioned,
} from '@samsa/protocol'
import type { TopicMetadata } from '../../cluster/index.ts'
import { KafkaError } from '../../errors.ts'
import type { TopicPartition } from '../../records/consumer-record.ts'
import { byTopic } from '../assignment.ts'

/** What classic members of consumers call their protocol. */
export const PROTOCOL_TYPE = 'consumer'

const javaNames: Readonly<Record<string, string>> = {
  RangeAssignor: 'range',
  RoundRobinAssignor: 'roundrobin',
  StickyAssignor: 'sticky',
  CooperativeStickyAssignor: 'cooperative-sticky',
}

/**
 * The assignors of `partition.assignment.strategy`, by their names or those of Java's classes. Throws INVALID_CONFIG.
 */
export function assignorsOf(strategy: readonly string[]): ClientAssignor[] {
  const assignors = strategy.map(text => {
    const plain = text.replace(/^class /, '').replace(/^org\.apache\.kafka\.clients\.consumer\./, '')
    const name = javaNames[plain] ?? plain
    const found = clientAssignors.find(assignor => assignor.name === name)
    if (found !== undefined) return found
    const names = clientAssignors.map(assignor => assignor.name).join(', ')
    const message = `partition.assignment.strategy: '${text}' is no assignor. Allowed: ${names}, or their Java classes.`
    throw new KafkaError('INVALID_CONFIG', message)
  })
  if (assignors.length > 0) return assignors
  throw new KafkaError(
    'INVALID_CONFIG',
    'partition.assignment.strategy is empty: name at least one assignor.',
  )
}

/** How a member may rebalance: as all its assignors can. */
export function rebalanceOf(assignors: readonly ClientAssignor[]): 'eager' | 'cooperative' {
  return assignors.every(({ rebalance }) => rebalance === 'cooperative') ? 'cooperative' : 'eager'
}

/** What a member says about itself, for one of its assignors. */
export interface OwnSubscription {
  readonly topics: readonly string[]
  readonly owned: readonly TopicPartition[]
  readonly generationId: number
  readonly rackId: string
  /** What it was assigned last. */
  readonly previous: PreviousAssignment | undefined
}

export function encodeSubscription(own: OwnSubscription, assignor: ClientAssignor): Uint8Array {
  return encodeVersioned(ConsumerProtocolSubscription, ConsumerProtocolSubscription.maxVersion, {
    topics: [...own.topics].sort(),
    userData: assignor.userData(own.previous),
    ownedPartitions: encodePartitions(own.owned),
    generationId: own.generationId,
    rackId: own.rackId === '' ? null : own.rackId,
  })
}

/** Reads what a member said about itself. Throws `MalformedError`. */
export function decodeSubscription(bytes: Uint8Array, groupInstanceId: string | null): MemberSubscription {
  const { value } = decodeVersioned(ConsumerProtocolSubscription, bytes, { newestAtMost: true })
  return {
    topics: value.topics,
    userData: value.userData,
    ownedPartitions: decodePartitions(value.ownedPartitions),
    generationId: value.generationId < 0 ? undefined : value.generationId,
    groupInstanceId: groupInstanceId ?? undefined,
    rackId: value.rackId ?? undefined,
  }
}

export function encodeAssignment(partitions: readonly TopicPartition[]): Uint8Array {
  const { maxVersion } = ConsumerProtocolAssignment
  return encodeVersioned(ConsumerProtocolAssignment, maxVersion, {
    assignedPartitions: encodePartitions(partitions),
    userData: null,
  })
}

/** Reads what a member was assigned; nothing when there are no bytes. Throws `MalformedError`. */
export function decodeAssignment(bytes: Uint8Array): TopicPartition[] {
  if (bytes.length === 0) return []
  const { value } = decodeVersioned(ConsumerProtocolAssignment, bytes, { newestAtMost: true })
  return decodePartitions(value.assignedPartitions)
}

function encodePartitions(partitions: readonly TopicPartition[]) {
  return [...byTopic(partitions)].map(([topic, some]) => ({
    topic,
    partitions: some.map(({ partition }) => partition),
  }))
}

function decodePartitions(
  topics: readonly { topic: string; partitions: readonly number[] }[],
): TopicPartition[] {
  return topics.flatMap(({ topic, partitions }) => partitions.map(partition => ({ topic, partition })))
}

/** What an assignor needs to know of a topic. */
export function assignable(
  topic: TopicMetadata,
  rackOf: (nodeId: number) => string | null | undefined,
): AssignablePartition[] {
  return topic.partitions.map(({ partition, replicas }) => ({
    partition,
    racks: [...new Set(replicas.map(rackOf).filter(rack => typeof rack === 'string'))] as string[],
  }))
}
