import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int32, string, struct, uuid } from '../schema/field.ts'

const topicPartitions = struct({
  topicId: uuid,
  partitions: array(int32),
})

/**
 * ConsumerGroupHeartbeat: the one request of the new consumer protocol: join, stay, acknowledge, leave; the answer
 * carries the member's assignment (KIP-848).
 *
 * v1 subscribes by a regular expression and lets the member choose its id (KIP-1082).
 */
export const ConsumerGroupHeartbeat = api({
  name: 'ConsumerGroupHeartbeat',
  key: 68,
  versions: [0, 1],
  flexible: 0,
  request: () => ({
    groupId: string,
    memberId: string,
    memberEpoch: int32,
    instanceId: string.nullable().default(null),
    rackId: string.nullable().default(null),
    rebalanceTimeoutMs: int32.default(-1),
    subscribedTopicNames: array(string).nullable().default(null),
    subscribedTopicRegex: string.since(1).nullable().default(null),
    serverAssignor: string.nullable().default(null),
    topicPartitions: array(
      struct({
        topicId: uuid,
        partitions: array(int32),
      }),
    )
      .nullable()
      .default(null),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    errorCode,
    errorMessage: string.nullable().default(null),
    memberId: string.nullable().default(null),
    memberEpoch: int32,
    heartbeatIntervalMs: int32,
    assignment: struct({
      topicPartitions: array(topicPartitions),
    })
      .nullable()
      .default(null),
  }),
})
export interface ConsumerGroupHeartbeatRequest extends RequestOf<typeof ConsumerGroupHeartbeat> {}
export interface ConsumerGroupHeartbeatResponse extends ResponseOf<typeof ConsumerGroupHeartbeat> {}
