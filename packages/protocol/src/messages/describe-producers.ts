import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int32, int64, string, struct } from '../schema/field.ts'

/**
 * DescribeProducers: the producers that a partition remembers, with their sequence numbers and open transactions
 * (KIP-664).
 */
export const DescribeProducers = api({
  name: 'DescribeProducers',
  key: 61,
  versions: [0, 0],
  flexible: 0,
  request: () => ({
    topics: array(
      struct({
        name: string,
        partitionIndexes: array(int32),
      }),
    ),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            partitionIndex: int32,
            errorCode,
            errorMessage: string.nullable().default(null),
            activeProducers: array(
              struct({
                producerId: int64,
                producerEpoch: int32,
                lastSequence: int32.default(-1),
                lastTimestamp: int64.default(-1),
                coordinatorEpoch: int32,
                currentTxnStartOffset: int64.default(-1),
              }),
            ),
          }),
        ),
      }),
    ),
  }),
})
export interface DescribeProducersRequest extends RequestOf<typeof DescribeProducers> {}
export interface DescribeProducersResponse extends ResponseOf<typeof DescribeProducers> {}
