import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, bytes, errorCode, int8, int32, string, struct } from '../schema/field.ts'

/**
 * AlterUserScramCredentials: sets and removes users' SCRAM credentials, salted by the client (KIP-554).
 */
export const AlterUserScramCredentials = api({
  name: 'AlterUserScramCredentials',
  key: 51,
  versions: [0, 0],
  flexible: 0,
  request: () => ({
    deletions: array(
      struct({
        name: string,
        mechanism: int8,
      }),
    ),
    upsertions: array(
      struct({
        name: string,
        mechanism: int8,
        iterations: int32,
        salt: bytes,
        saltedPassword: bytes,
      }),
    ),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    results: array(
      struct({
        user: string,
        errorCode,
        errorMessage: string.nullable(),
      }),
    ),
  }),
})
export interface AlterUserScramCredentialsRequest extends RequestOf<typeof AlterUserScramCredentials> {}
export interface AlterUserScramCredentialsResponse extends ResponseOf<typeof AlterUserScramCredentials> {}
