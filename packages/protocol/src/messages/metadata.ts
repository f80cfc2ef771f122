import { ZERO_UUID } from '@samsa/base'
import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, errorCode, int32, string, struct, uuid } from '../schema/field.ts'

/**
 * Metadata: the brokers of the cluster, and leader and replicas of every partition asked for.
 *
 * v0 takes an empty list for "all topics"; from v1 on that is null, and an empty list means none. v1 names the
 * controller, v2 the cluster, v4 lets a client forbid auto-creation, v5 lists offline replicas (KIP-112), v7 adds
 * leader epochs (KIP-320), v8 authorized operations on request (KIP-430; the cluster's own up to v10 only), v9 is
 * flexible. v10 knows topic ids, v12 can ask by them (KIP-516), v13 adds an error of the whole answer (KIP-1102).
 */
export const Metadata = api({
  name: 'Metadata',
  key: 3,
  versions: [0, 13],
  flexible: 9,
  request: () => ({
    topics: array(
      struct({
        topicId: uuid.since(10).default(ZERO_UUID).ignorable(),
        name: string.nullable(10),
      }),
    ).nullable(1),
    allowAutoTopicCreation: boolean.since(4).default(true),
    includeClusterAuthorizedOperations: boolean.since(8).until(10).default(false),
    includeTopicAuthorizedOperations: boolean.since(8).default(false),
  }),
  response: () => ({
    throttleTimeMs: int32.since(3).default(0).ignorable(),
    brokers: array(
      struct({
        nodeId: int32,
        host: string,
        port: int32,
        rack: string.since(1).nullable().default(null).ignorable(),
      }),
    ),
    clusterId: string.since(2).nullable().default(null).ignorable(),
    controllerId: int32.since(1).default(-1).ignorable(),
    topics: array(
      struct({
        errorCode,
        name: string.nullable(12),
        topicId: uuid.since(10).default(ZERO_UUID).ignorable(),
        isInternal: boolean.since(1).default(false).ignorable(),
        partitions: array(
          struct({
            errorCode,
            partitionIndex: int32,
            leaderId: int32,
            leaderEpoch: int32.since(7).default(-1).ignorable(),
            replicaNodes: array(int32),
            isrNodes: array(int32),
            offlineReplicas: array(int32).since(5).default([]).ignorable(),
          }),
        ),
        topicAuthorizedOperations: int32.since(8).default(-2147483648),
      }),
    ),
    clusterAuthorizedOperations: int32.since(8).until(10).default(-2147483648),
    errorCode: errorCode.since(13).default('NONE').ignorable(),
  }),
})
export interface MetadataRequest extends RequestOf<typeof Metadata> {}
export interface MetadataResponse extends ResponseOf<typeof Metadata> {}
