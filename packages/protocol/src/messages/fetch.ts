import { ZERO_UUID } from '@samsa/base'
import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int8, int32, int64, records, string, struct, uuid } from '../schema/field.ts'

/**
 * Fetch: reads record batches from partitions, for consumers and for the replicas that follow a leader.
 *
 * v3 bounds the whole answer (KIP-74), v4 adds transactions (KIP-98), v5 the log's start offset, v7 sessions that
 * send only what changed (KIP-227). v9 fences by leader epoch (KIP-320), v10 admits zstd, v11 reads from the nearest
 * replica (KIP-392), v12 is flexible and finds diverging logs, v13 names topics by id (KIP-516). v15 moves the
 * replica's identity into a tagged field (KIP-903), v16 tells where new leaders are (KIP-951), v17 the follower's log
 * directory (KIP-853), v18 the high watermark that a follower knows (KIP-1166).
 */
export const Fetch = api({
  name: 'Fetch',
  key: 1,
  versions: [0, 18],
  flexible: 12,
  request: () => ({
    clusterId: string.nullable().default(null).ignorable().tagged(0, 12),
    replicaId: int32.until(14).default(-1),
    replicaState: struct({
      replicaId: int32.default(-1),
      replicaEpoch: int64.default(-1),
    }).tagged(1, 15),
    maxWaitMs: int32,
    minBytes: int32,
    maxBytes: int32.since(3).default(0x7fffffff).ignorable(),
    isolationLevel: int8.since(4).default(0).ignorable(),
    sessionId: int32.since(7).default(0).ignorable(),
    sessionEpoch: int32.since(7).default(-1).ignorable(),
    topics: array(
      struct({
        topic: string.until(12).default('').ignorable(),
        topicId: uuid.since(13).default(ZERO_UUID).ignorable(),
        partitions: array(
          struct({
            partition: int32,
            currentLeaderEpoch: int32.since(9).default(-1).ignorable(),
            fetchOffset: int64,
            lastFetchedEpoch: int32.since(12).default(-1),
            logStartOffset: int64.since(5).default(-1).ignorable(),
            partitionMaxBytes: int32,
            replicaDirectoryId: uuid.ignorable().tagged(0, 17),
            highWatermark: int64.default(Number.MAX_SAFE_INTEGER).ignorable().tagged(1, 18),
          }),
        ),
      }),
    ),
    forgottenTopicsData: array(
      struct({
        topic: string.until(12).default('').ignorable(),
        topicId: uuid.since(13).default(ZERO_UUID).ignorable(),
        partitions: array(int32),
      }),
    )
      .since(7)
      .default([]),
    rackId: string.since(11).default('').ignorable(),
  }),
  response: () => ({
    throttleTimeMs: int32.since(1).default(0).ignorable(),
    errorCode: errorCode.since(7).default('NONE').ignorable(),
    sessionId: int32.since(7).default(0),
    responses: array(
      struct({
        topic: string.until(12).default('').ignorable(),
        topicId: uuid.since(13).default(ZERO_UUID).ignorable(),
        partitions: array(
          struct({
            partitionIndex: int32,
            errorCode,
            highWatermark: int64,
            lastStableOffset: int64.since(4).default(-1).ignorable(),
            logStartOffset: int64.since(5).default(-1).ignorable(),
            divergingEpoch: struct({
              epoch: int32.default(-1),
              endOffset: int64.default(-1),
            }).tagged(0, 12),
            currentLeader: struct({
              leaderId: int32.default(-1),
              leaderEpoch: int32.default(-1),
            }).tagged(1, 12),
            snapshotId: struct({
              endOffset: int64.default(-1),
              epoch: int32.default(-1),
            }).tagged(2, 12),
            abortedTransactions: array(
              struct({
                producerId: int64,
                firstOffset: int64,
              }),
            )
              .since(4)
              .nullable()
              .default([])
              .ignorable(),
            preferredReadReplica: int32.since(11).default(-1),
            records: records.nullable(),
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
    ).tagged(0, 16),
  }),
})
export interface FetchRequest extends RequestOf<typeof Fetch> {}
export interface FetchResponse extends ResponseOf<typeof Fetch> {}
