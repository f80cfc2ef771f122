import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int32, string, struct, uuid } from '../schema/field.ts'

const topicPartitions = struct({
  topicId: uuid,
  partitions: array(int32),
})

/**
 * ShareGroupHeartbeat: a member of a share group joins, stays or leaves; the answer carries its assignment (KIP-932).
 *
 * v0 was early access and left with Kafka 4.1; v1 has the same fields.
 */
export const ShareGroupHeartbeat = api({
  name: 'ShareGroupHeartbeat',
  key: 76,
  versions: [0, 1],
  flexible: 0,
  request: () => ({
    groupId: string,
    memberId: string,
    memberEpoch: int32,
    rackId: string.nullable().default(null),
    subscribedTopicNames: array(string).nullable().default(null),
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
export interface ShareGroupHeartbeatRequest extends RequestOf<typeof ShareGroupHeartbeat> {}
export interface ShareGroupHeartbeatResponse extends ResponseOf<typeof ShareGroupHeartbeat> {}
