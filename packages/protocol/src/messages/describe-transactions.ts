import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int16, int32, int64, string, struct } from '../schema/field.ts'

/**
 * DescribeTransactions: state, producer and partitions of transactional ids (KIP-664).
 */
export const DescribeTransactions = api({
  name: 'DescribeTransactions',
  key: 65,
  versions: [0, 0],
  flexible: 0,
  request: () => ({
    transactionalIds: array(string),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    transactionStates: array(
      struct({
        errorCode,
        transactionalId: string,
        transactionState: string,
        transactionTimeoutMs: int32,
        transactionStartTimeMs: int64,
        producerId: int64,
        producerEpoch: int16,
        topics: array(
          struct({
            topic: string,
            partitions: array(int32),
          }),
        ),
      }),
    ),
  }),
})
export interface DescribeTransactionsRequest extends RequestOf<typeof DescribeTransactions> {}
export interface DescribeTransactionsResponse extends ResponseOf<typeof DescribeTransactions> {}
