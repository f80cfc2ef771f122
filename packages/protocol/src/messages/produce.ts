import { ZERO_UUID } from '@samsa/base'
import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int16, int32, int64, records, string, struct, uuid } from '../schema/field.ts'

/**
 * Produce: appends record batches to partitions.
 *
 * v0–2 carry message sets of the old formats (magic 0 and 1); v1 adds the throttle time, v2 the append time, v3
 * batches of magic 2 and the transactional id (KIP-98). v5 tells the log's start offset, v7 admits zstd, v8 names the
 * records at fault (KIP-467), v9 is flexible. v10 lets an answer name the new leader (KIP-951), v12 adds partitions
 * to a transaction on the way (KIP-890), v13 names topics by id (KIP-516).
 */
export const Produce = api({
  name: 'Produce',
  key: 0,
  versions: [0, 13],
  flexible: 9,
  request: () => ({
    transactionalId: string.since(3).nullable().default(null),
    acks: int16,
    timeoutMs: int32,
    topicData: array(
      struct({
        name: string.until(12).default('').ignorable(),
        topicId: uuid.since(13).default(ZERO_UUID).ignorable(),
        partitionData: array(
          struct({
            index: int32,
            records: records.nullable(),
          }),
        ),
      }),
    ),
  }),
  response: () => ({
    responses: array(
      struct({
        name: string.until(12).default('').ignorable(),
        topicId: uuid.since(13).default(ZERO_UUID).ignorable(),
        partitionResponses: array(
          struct({
            index: int32,
            errorCode,
            baseOffset: int64,
            logAppendTimeMs: int64.since(2).default(-1).ignorable(),
            logStartOffset: int64.since(5).default(-1).ignorable(),
            recordErrors: array(
              struct({
                batchIndex: int32,
                batchIndexErrorMessage: string.nullable().default(null),
              }),
            )
              .since(8)
              .default([])
              .ignorable(),
            errorMessage: string.since(8).nullable().default(null).ignorable(),
            currentLeader: struct({
              leaderId: int32.default(-1),
              leaderEpoch: int32.default(-1),
            }).tagged(0, 10),
          }),
        ),
      }),
    ),
    throttleTimeMs: int32.since(1).default(0).ignorable(),
    nodeEndpoints: array(
      struct({
        nodeId: int32,
        host: string,
        port: int32,
        rack: string.nullable().default(null),
      }),
    ).tagged(0, 10),
  }),
})
export interface ProduceRequest extends RequestOf<typeof Produce> {}
export interface ProduceResponse extends ResponseOf<typeof Produce> {}
