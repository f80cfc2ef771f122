import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int32, string, struct } from '../schema/field.ts'

/**
 * LeaveGroup: members give up their place in a classic group.
 *
 * v1 adds the throttle time. v3 removes several members at once, static ones by their instance id (KIP-345), v4 is
 * flexible, v5 says why (KIP-800).
 */
export const LeaveGroup = api({
  name: 'LeaveGroup',
  key: 13,
  versions: [0, 5],
  flexible: 4,
  request: () => ({
    groupId: string,
    memberId: string.until(2).default(''),
    members: array(
      struct({
        memberId: string,
        groupInstanceId: string.nullable().default(null),
        reason: string.since(5).nullable().default(null).ignorable(),
      }),
    )
      .since(3)
      .default([]),
  }),
  response: () => ({
    throttleTimeMs: int32.since(1).default(0).ignorable(),
    errorCode,
    members: array(
      struct({
        memberId: string,
        groupInstanceId: string.nullable(),
        errorCode,
      }),
    )
      .since(3)
      .default([]),
  }),
})
export interface LeaveGroupRequest extends RequestOf<typeof LeaveGroup> {}
export interface LeaveGroupResponse extends ResponseOf<typeof LeaveGroup> {}
