import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int32, string, struct } from '../schema/field.ts'

/**
 * AlterReplicaLogDirs: moves replicas between the log directories of one broker (KIP-113).
 *
 * v2 is flexible.
 */
export const AlterReplicaLogDirs = api({
  name: 'AlterReplicaLogDirs',
  key: 34,
  versions: [0, 2],
  flexible: 2,
  request: () => ({
    dirs: array(
      struct({
        path: string,
        topics: array(
          struct({
            name: string,
            partitions: array(int32),
          }),
        ),
      }),
    ),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    results: array(
      struct({
        topicName: string,
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
export interface AlterReplicaLogDirsRequest extends RequestOf<typeof AlterReplicaLogDirs> {}
export interface AlterReplicaLogDirsResponse extends ResponseOf<typeof AlterReplicaLogDirs> {}
