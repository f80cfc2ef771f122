import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, bytes, errorCode, int32, string, struct } from '../schema/field.ts'

/**
 * SyncGroup: the leader of a classic group hands in the assignment, and every member receives its part.
 *
 * v1 adds the throttle time, v3 static members (KIP-345), v4 is flexible, v5 checks that all mean the same protocol
 * (KIP-559).
 */
export const SyncGroup = api({
  name: 'SyncGroup',
  key: 14,
  versions: [0, 5],
  flexible: 4,
  request: () => ({
    groupId: string,
    generationId: int32,
    memberId: string,
    groupInstanceId: string.since(3).nullable().default(null),
    protocolType: string.since(5).nullable().default(null).ignorable(),
    protocolName: string.since(5).nullable().default(null).ignorable(),
    assignments: array(
      struct({
        memberId: string,
        assignment: bytes,
      }),
    ),
  }),
  response: () => ({
    throttleTimeMs: int32.since(1).default(0).ignorable(),
    errorCode,
    protocolType: string.since(5).nullable().default(null).ignorable(),
    protocolName: string.since(5).nullable().default(null).ignorable(),
    assignment: bytes,
  }),
})
export interface SyncGroupRequest extends RequestOf<typeof SyncGroup> {}
export interface SyncGroupResponse extends ResponseOf<typeof SyncGroup> {}
