import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int8, int32, string, struct } from '../schema/field.ts'

/**
 * ListConfigResources: the names of configured resources. v0 is known as ListClientMetricsResources and lists only
 * those (KIP-714).
 *
 * v1 lists resources of any type, groups included (KIP-1142).
 */
export const ListConfigResources = api({
  name: 'ListConfigResources',
  key: 74,
  versions: [0, 1],
  flexible: 0,
  request: () => ({
    resourceTypes: array(int8).since(1).default([]),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    errorCode,
    configResources: array(
      struct({
        resourceName: string,
        resourceType: int8.since(1).default(16).ignorable(),
      }),
    ),
  }),
})
export interface ListConfigResourcesRequest extends RequestOf<typeof ListConfigResources> {}
export interface ListConfigResourcesResponse extends ResponseOf<typeof ListConfigResources> {}
