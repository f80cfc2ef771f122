import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, errorCode, int8, int32, string, struct } from '../schema/field.ts'

/**
 * IncrementalAlterConfigs: sets, deletes, or edits as lists single keys of resources' configurations (KIP-339).
 *
 * v1 is flexible.
 */
export const IncrementalAlterConfigs = api({
  name: 'IncrementalAlterConfigs',
  key: 44,
  versions: [0, 1],
  flexible: 1,
  request: () => ({
    resources: array(
      struct({
        resourceType: int8,
        resourceName: string,
        configs: array(
          struct({
            name: string,
            configOperation: int8,
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
export interface IncrementalAlterConfigsRequest extends RequestOf<typeof IncrementalAlterConfigs> {}
export interface IncrementalAlterConfigsResponse extends ResponseOf<typeof IncrementalAlterConfigs> {}
