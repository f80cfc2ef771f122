import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, errorCode, int8, int32, string, struct } from '../schema/field.ts'

/**
 * DescribeConfigs: the configuration of topics, brokers and other resources, and where each value comes from
 * (KIP-133).
 *
 * v1 replaces `isDefault` by the source and adds synonyms (KIP-226), v3 adds types and documentation (KIP-569), v4 is
 * flexible.
 */
export const DescribeConfigs = api({
  name: 'DescribeConfigs',
  key: 32,
  versions: [0, 4],
  flexible: 4,
  request: () => ({
    resources: array(
      struct({
        resourceType: int8,
        resourceName: string,
        configurationKeys: array(string).nullable(),
      }),
    ),
    includeSynonyms: boolean.since(1).default(false),
    includeDocumentation: boolean.since(3).default(false),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    results: array(
      struct({
        errorCode,
        errorMessage: string.nullable(),
        resourceType: int8,
        resourceName: string,
        configs: array(
          struct({
            name: string,
            value: string.nullable(),
            readOnly: boolean,
            isDefault: boolean.until(0).default(false),
            configSource: int8.since(1).default(-1).ignorable(),
            isSensitive: boolean,
            synonyms: array(
              struct({
                name: string,
                value: string.nullable(),
                source: int8,
              }),
            )
              .since(1)
              .default([])
              .ignorable(),
            configType: int8.since(3).default(0).ignorable(),
            documentation: string.since(3).nullable().default('').ignorable(),
          }),
        ),
      }),
    ),
  }),
})
export interface DescribeConfigsRequest extends RequestOf<typeof DescribeConfigs> {}
export interface DescribeConfigsResponse extends ResponseOf<typeof DescribeConfigs> {}
