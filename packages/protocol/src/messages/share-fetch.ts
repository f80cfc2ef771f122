import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import {
  array,
  boolean,
  errorCode,
  int8,
  int16,
  int32,
  int64,
  records,
  string,
  struct,
  uuid,
} from '../schema/field.ts'

/**
 * ShareFetch: a member of a share group acquires records and acknowledges earlier ones (KIP-932).
 *
 * v0 was early access: it bounds partitions by bytes; v1 bounds the number of records and tells how long they are
 * locked. v2 adds the mode of acquiring (KIP-1206) and renews locks (KIP-1222).
 */
export const ShareFetch = api({
  name: 'ShareFetch',
  key: 78,
  versions: [0, 2],
  flexible: 0,
  request: () => ({
    groupId: string.nullable().default(null),
    memberId: string.nullable(),
    shareSessionEpoch: int32,
    maxWaitMs: int32,
    minBytes: int32,
    maxBytes: int32.default(0x7fffffff),
    maxRecords: int32.since(1).default(0),
    batchSize: int32.since(1).default(0),
    shareAcquireMode: int8.since(2).default(0).ignorable(),
    isRenewAck: boolean.since(2).default(false),
    topics: array(
      struct({
        topicId: uuid,
        partitions: array(
          struct({
            partitionIndex: int32,
            partitionMaxBytes: int32.until(0).default(0),
            acknowledgementBatches: array(
              struct({
                firstOffset: int64,
                lastOffset: int64,
                acknowledgeTypes: array(int8),
              }),
            ),
          }),
        ),
      }),
    ),
    forgottenTopicsData: array(
      struct({
        topicId: uuid,
        partitions: array(int32),
      }),
    ),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    errorCode,
    errorMessage: string.nullable().default(null),
    acquisitionLockTimeoutMs: int32.since(1).default(0),
    responses: array(
      struct({
        topicId: uuid,
        partitions: array(
          struct({
            partitionIndex: int32,
            errorCode,
            errorMessage: string.nullable().default(null),
            acknowledgeErrorCode: errorCode,
            acknowledgeErrorMessage: string.nullable().default(null),
            currentLeader: struct({
              leaderId: int32,
              leaderEpoch: int32,
            }),
            records: records.nullable(0, 0),
            acquiredRecords: array(
              struct({
                firstOffset: int64,
                lastOffset: int64,
                deliveryCount: int16,
              }),
            ),
          }),
        ),
      }),
    ),
    nodeEndpoints: array(
      struct({
        nodeId: int32,
        host: string,
        port: int32,
        rack: string.nullable().default(null),
      }),
    ),
  }),
})
export interface ShareFetchRequest extends RequestOf<typeof ShareFetch> {}
export interface ShareFetchResponse extends ResponseOf<typeof ShareFetch> {}
