import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, errorCode, int8, int32, string, struct } from '../schema/field.ts'

/**
 * AlterConfigs: replaces the whole configuration of resources (KIP-133). IncrementalAlterConfigs has taken its place.
 *
 * v2 is flexible.
 */
export const AlterConfigs = api({
  name: 'AlterConfigs',
  key: 33,
  versions: [0, 2],
  flexible: 2,
  request: () => ({
    resources: array(
      struct({
        resourceType: int8,
        resourceName: string,
        configs: array(
          struct({
            name: string,
            value: string.nullable(),
          }),
        ),
      }),
    ),
    validateOnly: boolean,
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    responses: array(
      struct({
        errorCode,
        errorMessage: string.nullable(),
        resourceType: int8,
        resourceName: string,
      }),
    ),
  }),
})
export interface AlterConfigsRequest extends RequestOf<typeof AlterConfigs> {}
export interface AlterConfigsResponse extends ResponseOf<typeof AlterConfigs> {}
