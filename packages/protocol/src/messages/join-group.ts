import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, bytes, errorCode, int32, string, struct } from '../schema/field.ts'

/**
 * JoinGroup: a member of a classic group asks to take part in the next generation; the leader learns who else does.
 *
 * v1 adds the rebalance timeout (KIP-62), v2 the throttle time. From v4 on a member without an id is given one and
 * must join again with it (KIP-394). v5 knows static members (KIP-345), v6 is flexible, v7 names the protocol type
 * (KIP-559), v8 says why the member joins (KIP-800), v9 lets a static leader skip the assignment (KIP-814).
 */
export const JoinGroup = api({
  name: 'JoinGroup',
  key: 11,
  versions: [0, 9],
  flexible: 6,
  request: () => ({
    groupId: string,
    sessionTimeoutMs: int32,
    rebalanceTimeoutMs: int32.since(1).default(-1).ignorable(),
    memberId: string,
    groupInstanceId: string.since(5).nullable().default(null),
    protocolType: string,
    protocols: array(
      struct({
        name: string,
        metadata: bytes,
      }),
    ),
    reason: string.since(8).nullable().default(null).ignorable(),
  }),
  response: () => ({
    throttleTimeMs: int32.since(2).default(0).ignorable(),
    errorCode,
    generationId: int32.default(-1),
    protocolType: string.since(7).nullable().default(null).ignorable(),
    protocolName: string.nullable(7),
    leader: string,
    skipAssignment: boolean.since(9).default(false),
    memberId: string,
    members: array(
      struct({
        memberId: string,
        groupInstanceId: string.since(5).nullable().default(null).ignorable(),
        metadata: bytes,
      }),
    ),
  }),
})
export interface JoinGroupRequest extends RequestOf<typeof JoinGroup> {}
export interface JoinGroupResponse extends ResponseOf<typeof JoinGroup> {}
