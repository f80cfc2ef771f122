import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int8, int32, string, struct } from '../schema/field.ts'

/**
 * DescribeUserScramCredentials: which SCRAM mechanisms users have credentials for, with their iterations (KIP-554).
 */
export const DescribeUserScramCredentials = api({
  name: 'DescribeUserScramCredentials',
  key: 50,
  versions: [0, 0],
  flexible: 0,
  request: () => ({
    users: array(
      struct({
        name: string,
      }),
    ).nullable(),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    errorCode,
    errorMessage: string.nullable(),
    results: array(
      struct({
        user: string,
        errorCode,
        errorMessage: string.nullable(),
        credentialInfos: array(
          struct({
            mechanism: int8,
            iterations: int32,
          }),
        ),
      }),
    ),
  }),
})
export interface DescribeUserScramCredentialsRequest extends RequestOf<typeof DescribeUserScramCredentials> {}
export interface DescribeUserScramCredentialsResponse
  extends ResponseOf<typeof DescribeUserScramCredentials> {}
