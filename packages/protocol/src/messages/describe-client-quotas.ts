import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, errorCode, float64, int8, int32, string, struct } from '../schema/field.ts'

/**
 * DescribeClientQuotas: the quotas that match a filter of users, client ids and addresses (KIP-546).
 *
 * v1 is flexible.
 */
export const DescribeClientQuotas = api({
  name: 'DescribeClientQuotas',
  key: 48,
  versions: [0, 1],
  flexible: 1,
  request: () => ({
    components: array(
      struct({
        entityType: string,
        matchType: int8,
        match: string.nullable(),
      }),
    ),
    strict: boolean,
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    errorCode,
    errorMessage: string.nullable(),
    entries: array(
      struct({
        entity: array(
          struct({
            entityType: string,
            entityName: string.nullable(),
          }),
        ),
        values: array(
          struct({
            key: string,
            value: float64,
          }),
        ),
      }),
    ).nullable(),
  }),
})
export interface DescribeClientQuotasRequest extends RequestOf<typeof DescribeClientQuotas> {}
export interface DescribeClientQuotasResponse extends ResponseOf<typeof DescribeClientQuotas> {}
