import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int32, int64, records, string, struct, uint16, uuid } from '../schema/field.ts'

/**
 * FetchSnapshot: reads a part of a snapshot of the metadata log (KIP-630).
 *
 * v1 names replicas with their directories (KIP-853).
 */
export const FetchSnapshot = api({
  name: 'FetchSnapshot',
  key: 59,
  versions: [0, 1],
  flexible: 0,
  request: () => ({
    clusterId: string.nullable().default(null).tagged(0, 0),
    replicaId: int32.default(-1),
    maxBytes: int32.default(0x7fffffff),
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            partition: int32,
            currentLeaderEpoch: int32,
            snapshotId: struct({
              endOffset: int64,
              epoch: int32,
            }),
            position: int64,
            replicaDirectoryId: uuid.ignorable().tagged(0, 1),
          }),
        ),
      }),
    ),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0).ignorable(),
    errorCode,
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            index: int32,
            errorCode,
            snapshotId: struct({
              endOffset: int64,
              epoch: int32,
            }),
            currentLeader: struct({
              leaderId: int32,
              leaderEpoch: int32,
            }).tagged(0, 0),
            size: int64,
            position: int64,
            unalignedRecords: records,
          }),
        ),
      }),
    ),
    nodeEndpoints: array(
      struct({
        nodeId: int32,
        host: string,
        port: uint16,
      }),
    ).tagged(0, 1),
  }),
})
export interface FetchSnapshotRequest extends RequestOf<typeof FetchSnapshot> {}
export interface FetchSnapshotResponse extends ResponseOf<typeof FetchSnapshot> {}
