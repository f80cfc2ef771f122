import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int32, int64, struct, uuid } from '../schema/field.ts'

/**
 * AssignReplicasToDirs: a broker tells the controller in which log directory each replica lies (KIP-858).
 */
export const AssignReplicasToDirs = api({
  name: 'AssignReplicasToDirs',
  key: 73,
  versions: [0, 0],
  flexible: 0,
  request: () => ({
    brokerId: int32,
    brokerEpoch: int64.default(-1),
    directories: array(
      struct({
        id: uuid,
        topics: array(
          struct({
            topicId: uuid,
            partitions: array(
              struct({
                partitionIndex: int32,
              }),
            ),
          }),
        ),
      }),
    ),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    errorCode,
    directories: array(
      struct({
        id: uuid,
        topics: array(
          struct({
            topicId: uuid,
            partitions: array(
              struct({
                partitionIndex: int32,
                errorCode,
              }),
            ),
          }),
        ),
      }),
    ),
  }),
})
export interface AssignReplicasToDirsRequest extends RequestOf<typeof AssignReplicasToDirs> {}
export interface AssignReplicasToDirsResponse extends ResponseOf<typeof AssignReplicasToDirs> {}
