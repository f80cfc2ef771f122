import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int32, string, struct } from '../schema/field.ts'

/**
 * ListGroups: the groups that a broker coordinates.
 *
 * v1 adds the throttle time, v3 is flexible, v4 filters by state and tells it (KIP-518), v5 does both with the type
 * (KIP-848).
 */
export const ListGroups = api({
  name: 'ListGroups',
  key: 16,
  versions: [0, 5],
  flexible: 3,
  request: () => ({
    statesFilter: array(string).since(4).default([]),
    typesFilter: array(string).since(5).default([]),
  }),
  response: () => ({
    throttleTimeMs: int32.since(1).default(0).ignorable(),
    errorCode,
    groups: array(
      struct({
        groupId: string,
        protocolType: string,
        groupState: string.since(4).default('').ignorable(),
        groupType: string.since(5).default('').ignorable(),
      }),
    ),
  }),
})
export interface ListGroupsRequest extends RequestOf<typeof ListGroups> {}
export interface ListGroupsResponse extends ResponseOf<typeof ListGroups> {}
