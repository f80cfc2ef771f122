import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, errorCode, int16, int32, int64, string, struct } from '../schema/field.ts'

const addPartitionsToTxnTopic = struct({
  name: string,
  partitions: array(int32),
})

const addPartitionsToTxnPartitionResult = struct({
  partitionIndex: int32,
  partitionErrorCode: errorCode,
})

const addPartitionsToTxnTopicResult = struct({
  name: string,
  resultsByPartition: array(addPartitionsToTxnPartitionResult),
})

/**
 * AddPartitionsToTxn: makes partitions part of a transaction, so that its outcome will be written to them (KIP-98).
 *
 * v3 is flexible. v4 lets brokers verify and add for several transactions at once, and v5 goes with the second
 * version of transactions (KIP-890); clients speak v3 at most.
 */
export const AddPartitionsToTxn = api({
  name: 'AddPartitionsToTxn',
  key: 24,
  versions: [0, 5],
  flexible: 3,
  request: () => ({
    transactions: array(
      struct({
        transactionalId: string,
        producerId: int64,
        producerEpoch: int16,
        verifyOnly: boolean.default(false),
        topics: array(addPartitionsToTxnTopic),
      }),
    )
      .since(4)
      .default([]),
    v3AndBelowTransactionalId: string.until(3).default(''),
    v3AndBelowProducerId: int64.until(3).default(0),
    v3AndBelowProducerEpoch: int16.until(3).default(0),
    v3AndBelowTopics: array(addPartitionsToTxnTopic).until(3).default([]),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    errorCode: errorCode.since(4).default('NONE').ignorable(),
    resultsByTransaction: array(
      struct({
        transactionalId: string,
        topicResults: array(addPartitionsToTxnTopicResult),
      }),
    )
      .since(4)
      .default([]),
    resultsByTopicV3AndBelow: array(addPartitionsToTxnTopicResult).until(3).default([]),
  }),
})
export interface AddPartitionsToTxnRequest extends RequestOf<typeof AddPartitionsToTxn> {}
export interface AddPartitionsToTxnResponse extends ResponseOf<typeof AddPartitionsToTxn> {}
