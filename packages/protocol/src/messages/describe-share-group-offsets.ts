import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int32, int64, string, struct, uuid } from '../schema/field.ts'

/**
 * DescribeShareGroupOffsets: how far share groups have come (KIP-932).
 *
 * v1 adds the lag (KIP-1226).
 */
export const DescribeShareGroupOffsets = api({
  name: 'DescribeShareGroupOffsets',
  key: 90,
  versions: [0, 1],
  flexible: 0,
  request: () => ({
    groups: array(
      struct({
        groupId: string,
        topics: array(
          struct({
            topicName: string,
            partitions: array(int32),
          }),
        ).nullable(),
      }),
    ),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    groups: array(
      struct({
        groupId: string,
        topics: array(
          struct({
            topicName: string,
            topicId: uuid,
            partitions: array(
              struct({
                partitionIndex: int32,
                startOffset: int64,
                leaderEpoch: int32,
                lag: int64.since(1).default(-1).ignorable(),
                errorCode,
                errorMessage: string.nullable().default(null),
              }),
            ),
          }),
        ),
        errorCode,
        errorMessage: string.nullable().default(null),
      }),
    ),
  }),
})
export interface DescribeShareGroupOffsetsRequest extends RequestOf<typeof DescribeShareGroupOffsets> {}
export interface DescribeShareGroupOffsetsResponse extends ResponseOf<typeof DescribeShareGroupOffsets> {}
