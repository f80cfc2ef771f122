import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int32, string, struct } from '../schema/field.ts'

/**
 * DeleteGroups: deletes groups that have no members, with their offsets (KIP-229).
 *
 * v2 is flexible.
 */
export const DeleteGroups = api({
  name: 'DeleteGroups',
  key: 42,
  versions: [0, 2],
  flexible: 2,
  request: () => ({
    groupsNames: array(string),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    results: array(
      struct({
        groupId: string,
        errorCode,
      }),
    ),
  }),
})
export interface DeleteGroupsRequest extends RequestOf<typeof DeleteGroups> {}
export interface DeleteGroupsResponse extends ResponseOf<typeof DeleteGroups> {}
