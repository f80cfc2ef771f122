import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int8, int32, string, struct } from '../schema/field.ts'

/**
 * CreateAcls: adds access rules (KIP-140).
 *
 * v1 adds prefixed patterns (KIP-290), v2 is flexible, v3 knows users as resources (KIP-373).
 */
export const CreateAcls = api({
  name: 'CreateAcls',
  key: 30,
  versions: [0, 3],
  flexible: 2,
  request: () => ({
    creations: array(
      struct({
        resourceType: int8,
        resourceName: string,
        resourcePatternType: int8.since(1).default(3),
        principal: string,
        host: string,
        operation: int8,
        permissionType: int8,
      }),
    ),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    results: array(
      struct({
        errorCode,
        errorMessage: string.nullable(),
      }),
    ),
  }),
})
export interface CreateAclsRequest extends RequestOf<typeof CreateAcls> {}
export interface CreateAclsResponse extends ResponseOf<typeof CreateAcls> {}
