import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int8, int32, string, struct } from '../schema/field.ts'

/**
 * DeleteAcls: removes the access rules that match any of the filters, and tells which they were (KIP-140).
 *
 * v1 adds prefixed and other pattern types (KIP-290), v2 is flexible, v3 knows users as resources (KIP-373).
 */
export const DeleteAcls = api({
  name: 'DeleteAcls',
  key: 31,
  versions: [0, 3],
  flexible: 2,
  request: () => ({
    filters: array(
      struct({
        resourceTypeFilter: int8,
        resourceNameFilter: string.nullable(),
        patternTypeFilter: int8.since(1).default(3),
        principalFilter: string.nullable(),
        hostFilter: string.nullable(),
        operation: int8,
        permissionType: int8,
      }),
    ),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    filterResults: array(
      struct({
        errorCode,
        errorMessage: string.nullable(),
        matchingAcls: array(
          struct({
            errorCode,
            errorMessage: string.nullable(),
            resourceType: int8,
            resourceName: string,
            patternType: int8.since(1).default(3),
            principal: string,
            host: string,
            operation: int8,
            permissionType: int8,
          }),
        ),
      }),
    ),
  }),
})
export interface DeleteAclsRequest extends RequestOf<typeof DeleteAcls> {}
export interface DeleteAclsResponse extends ResponseOf<typeof DeleteAcls> {}
