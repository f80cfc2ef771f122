import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, errorCode, int8, int32, string, struct, uuid } from '../schema/field.ts'

const topicPartitions = struct({
  topicId: uuid,
  topicName: string,
  partitions: array(int32),
})

const assignment = struct({
  topicPartitions: array(topicPartitions),
})

/**
 * ConsumerGroupDescribe: state, assignments and members of consumer groups of the new protocol (KIP-848).
 *
 * v1 tells which protocol each member speaks (KIP-1099).
 */
export const ConsumerGroupDescribe = api({
  name: 'ConsumerGroupDescribe',
  key: 69,
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
            instanceId: string.nullable().default(null),
            rackId: string.nullable().default(null),
            memberEpoch: int32,
            clientId: string,
            clientHost: string,
            subscribedTopicNames: array(string),
            subscribedTopicRegex: string.nullable().default(null),
            assignment,
            targetAssignment: assignment,
            memberType: int8.since(1).default(-1).ignorable(),
          }),
        ),
        authorizedOperations: int32.default(-2147483648),
      }),
    ),
  }),
})
export interface ConsumerGroupDescribeRequest extends RequestOf<typeof ConsumerGroupDescribe> {}
export interface ConsumerGroupDescribeResponse extends ResponseOf<typeof ConsumerGroupDescribe> {}
