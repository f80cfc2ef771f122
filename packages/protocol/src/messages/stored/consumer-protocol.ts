import { array, bytes, int32, string, struct } from '../../schema/field.ts'
import { type MessageOf, message } from '../../schema/message.ts'

/**
 * What a consumer of a classic group subscribes to: its metadata in JoinGroup, after the version as an int16.
 *
 * v1 tells which partitions it owns, for cooperative rebalances (KIP-429), v2 since which generation (KIP-792), v3
 * its rack (KIP-881).
 */
export const ConsumerProtocolSubscription = message({
  name: 'ConsumerProtocolSubscription',
  versions: [0, 3],
  flexible: 'none',
  fields: () => ({
    topics: array(string),
    userData: bytes.nullable().default(null),
    ownedPartitions: array(
      struct({
        topic: string,
        partitions: array(int32),
      }),
    )
      .since(1)
      .default([])
      .ignorable(),
    generationId: int32.since(2).default(-1).ignorable(),
    rackId: string.since(3).nullable().default(null).ignorable(),
  }),
})
export interface ConsumerProtocolSubscriptionData extends MessageOf<typeof ConsumerProtocolSubscription> {}

/**
 * What a consumer of a classic group is assigned: its part of SyncGroup, after the version as an int16. The versions
 * have the same fields.
 */
export const ConsumerProtocolAssignment = message({
  name: 'ConsumerProtocolAssignment',
  versions: [0, 3],
  flexible: 'none',
  fields: () => ({
    assignedPartitions: array(
      struct({
        topic: string,
        partitions: array(int32),
      }),
    ),
    userData: bytes.nullable().default(null),
  }),
})
export interface ConsumerProtocolAssignmentData extends MessageOf<typeof ConsumerProtocolAssignment> {}
