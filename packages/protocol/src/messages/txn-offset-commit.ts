import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int16, int32, int64, string, struct } from '../schema/field.ts'

/**
 * TxnOffsetCommit: stores how far a group has read, valid once the transaction commits (KIP-98).
 *
 * v2 commits leader epochs (KIP-320), v3 is flexible and checks member and generation (KIP-447), v4 may answer
 * TRANSACTION_ABORTABLE, v5 adds the group to the transaction on the way (KIP-890).
 */
export const TxnOffsetCommit = api({
  name: 'TxnOffsetCommit',
  key: 28,
  versions: [0, 5],
  flexible: 3,
  request: () => ({
    transactionalId: string,
    groupId: string,
    producerId: int64,
    producerEpoch: int16,
    generationId: int32.since(3).default(-1),
    memberId: string.since(3).default(''),
    groupInstanceId: string.since(3).nullable().default(null),
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            partitionIndex: int32,
            committedOffset: int64,
            committedLeaderEpoch: int32.since(2).default(-1).ignorable(),
            committedMetadata: string.nullable(),
          }),
        ),
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
          }),
        ),
      }),
    ),
  }),
})
export interface TxnOffsetCommitRequest extends RequestOf<typeof TxnOffsetCommit> {}
export interface TxnOffsetCommitResponse extends ResponseOf<typeof TxnOffsetCommit> {}
