import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int8, int32, string, struct } from '../schema/field.ts'

/**
 * DescribeAcls: the access rules that match a filter (KIP-140).
 *
 * v1 adds prefixed and other pattern types (KIP-290), v2 is flexible, v3 knows users as resources (KIP-373).
 */
export const DescribeAcls = api({
  name: 'DescribeAcls',
  key: 29,
  versions: [0, 3],
  flexible: 2,
  request: () => ({
    resourceTypeFilter: int8,
    resourceNameFilter: string.nullable(),
    patternTypeFilter: int8.since(1).default(3),
    principalFilter: string.nullable(),
    hostFilter: string.nullable(),
    operation: int8,
    permissionType: int8,
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    errorCode,
    errorMessage: string.nullable(),
    resources: array(
      struct({
        resourceType: int8,
        resourceName: string,
        patternType: int8.since(1).default(3),
        acls: array(
          struct({
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
export interface DescribeAclsRequest extends RequestOf<typeof DescribeAcls> {}
export interface DescribeAclsResponse extends ResponseOf<typeof DescribeAcls> {}
