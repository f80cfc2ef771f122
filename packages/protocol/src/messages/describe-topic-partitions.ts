import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, errorCode, int32, string, struct, uuid } from '../schema/field.ts'

/**
 * DescribeTopicPartitions: topics and their partitions page by page, with eligible leader replicas (KIP-966).
 */
export const DescribeTopicPartitions = api({
  name: 'DescribeTopicPartitions',
  key: 75,
  versions: [0, 0],
  flexible: 0,
  request: () => ({
    topics: array(
      struct({
        name: string,
      }),
    ),
    responsePartitionLimit: int32.default(2000),
    cursor: struct({
      topicName: string,
      partitionIndex: int32,
    })
      .nullable()
      .default(null),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0).ignorable(),
    topics: array(
      struct({
        errorCode,
        name: string.nullable(),
        topicId: uuid.ignorable(),
        isInternal: boolean.default(false).ignorable(),
        partitions: array(
          struct({
            errorCode,
            partitionIndex: int32,
            leaderId: int32,
            leaderEpoch: int32.default(-1).ignorable(),
            replicaNodes: array(int32),
            isrNodes: array(int32),
            eligibleLeaderReplicas: array(int32).nullable().default(null),
            lastKnownElr: array(int32).nullable().default(null),
            offlineReplicas: array(int32).ignorable(),
          }),
        ),
        topicAuthorizedOperations: int32.default(-2147483648),
      }),
    ),
    nextCursor: struct({
      topicName: string,
      partitionIndex: int32,
    })
      .nullable()
      .default(null),
  }),
})
export interface DescribeTopicPartitionsRequest extends RequestOf<typeof DescribeTopicPartitions> {}
export interface DescribeTopicPartitionsResponse extends ResponseOf<typeof DescribeTopicPartitions> {}
