import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, errorCode, int32, string, struct, uuid } from '../schema/field.ts'

const topicPartitions = struct({
  topicId: uuid,
  topicName: string,
  partitions: array(int32),
})

const assignment = struct({
  topicPartitions: array(topicPartitions),
})

/**
 * ShareGroupDescribe: state and members of share groups (KIP-932).
 *
 * v0 was early access and left with Kafka 4.1; v1 has the same fields.
 */
export const ShareGroupDescribe = api({
  name: 'ShareGroupDescribe',
  key: 77,
  versions: [0, 1],
  flexible: 0,
  request: () => ({
    groupIds: array(string),
    includeAuthorizedOperations: boolean,
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    groups: array(
      struct({
        errorCode,
        errorMessage: string.nullable().default(null),
        groupId: string,
        groupState: string,
        groupEpoch: int32,
        assignmentEpoch: int32,
        assignorName: string,
        members: array(
          struct({
            memberId: string,
            rackId: string.nullable().default(null),
            memberEpoch: int32,
            clientId: string,
            clientHost: string,
            subscribedTopicNames: array(string),
            assignment,
          }),
        ),
        authorizedOperations: int32.default(-2147483648),
      }),
    ),
  }),
})
export interface ShareGroupDescribeRequest extends RequestOf<typeof ShareGroupDescribe> {}
export interface ShareGroupDescribeResponse extends ResponseOf<typeof ShareGroupDescribe> {}
