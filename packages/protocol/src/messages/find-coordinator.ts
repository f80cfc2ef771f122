import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int8, int32, string, struct } from '../schema/field.ts'

/**
 * FindCoordinator: which broker coordinates a group, a transactional id or a share partition.
 *
 * v1 adds the type of the key (KIP-98) and a message to the error, v3 is flexible, v4 looks up several keys at once
 * (KIP-699). v5 may answer TRANSACTION_ABORTABLE (KIP-890), v6 finds the coordinators of share state (KIP-932).
 */
export const FindCoordinator = api({
  name: 'FindCoordinator',
  key: 10,
  versions: [0, 6],
  flexible: 3,
  request: () => ({
    key: string.until(3).default(''),
    keyType: int8.since(1).default(0),
    coordinatorKeys: array(string).since(4).default([]),
  }),
  response: () => ({
    throttleTimeMs: int32.since(1).default(0).ignorable(),
    errorCode: errorCode.until(3).default('NONE'),
    errorMessage: string.since(1).until(3).nullable().default('').ignorable(),
    nodeId: int32.until(3).default(0),
    host: string.until(3).default(''),
    port: int32.until(3).default(0),
    coordinators: array(
      struct({
        key: string,
        nodeId: int32,
        host: string,
        port: int32,
        errorCode,
        errorMessage: string.nullable().ignorable(),
      }),
    )
      .since(4)
      .default([]),
  }),
})
export interface FindCoordinatorRequest extends RequestOf<typeof FindCoordinator> {}
export interface FindCoordinatorResponse extends ResponseOf<typeof FindCoordinator> {}
