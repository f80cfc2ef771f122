import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, errorCode, float64, int32, string, struct } from '../schema/field.ts'

/**
 * AlterClientQuotas: sets and removes quotas of users, client ids and addresses (KIP-546).
 *
 * v1 is flexible.
 */
export const AlterClientQuotas = api({
  name: 'AlterClientQuotas',
  key: 49,
  versions: [0, 1],
  flexible: 1,
  request: () => ({
    entries: array(
      struct({
        entity: array(
          struct({
            entityType: string,
            entityName: string.nullable(),
          }),
        ),
        ops: array(
          struct({
            key: string,
            value: float64,
            remove: boolean,
          }),
        ),
      }),
    ),
    validateOnly: boolean,
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    entries: array(
      struct({
        errorCode,
        errorMessage: string.nullable(),
        entity: array(
          struct({
            entityType: string,
            entityName: string.nullable(),
          }),
        ),
      }),
    ),
  }),
})
export interface AlterClientQuotasRequest extends RequestOf<typeof AlterClientQuotas> {}
export interface AlterClientQuotasResponse extends ResponseOf<typeof AlterClientQuotas> {}
