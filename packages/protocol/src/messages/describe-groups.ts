import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, bytes, errorCode, int32, string, struct } from '../schema/field.ts'

/**
 * DescribeGroups: state, protocol and members of classic groups.
 *
 * v1 adds the throttle time, v3 authorized operations on request (KIP-430), v4 instance ids (KIP-345), v5 is
 * flexible. v6 answers GROUP_ID_NOT_FOUND with a message instead of an empty dead group (KIP-1043).
 */
export const DescribeGroups = api({
  name: 'DescribeGroups',
  key: 15,
  versions: [0, 6],
  flexible: 5,
  request: () => ({
    groups: array(string),
    includeAuthorizedOperations: boolean.since(3).default(false),
  }),
  response: () => ({
    throttleTimeMs: int32.since(1).default(0).ignorable(),
    groups: array(
      struct({
        errorCode,
        errorMessage: string.since(6).nullable().default(null),
        groupId: string,
        groupState: string,
        protocolType: string,
        protocolData: string,
        members: array(
          struct({
            memberId: string,
            groupInstanceId: string.since(4).nullable().default(null).ignorable(),
            clientId: string,
            clientHost: string,
            memberMetadata: bytes,
            memberAssignment: bytes,
          }),
        ),
        authorizedOperations: int32.since(3).default(-2147483648),
      }),
    ),
  }),
})
export interface DescribeGroupsRequest extends RequestOf<typeof DescribeGroups> {}
export interface DescribeGroupsResponse extends ResponseOf<typeof DescribeGroups> {}
