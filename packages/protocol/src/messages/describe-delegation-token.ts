import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, bytes, errorCode, int32, int64, string, struct } from '../schema/field.ts'

/**
 * DescribeDelegationToken: the tokens of some owners, or of all (KIP-48).
 *
 * v2 is flexible, v3 tells who asked for each token (KIP-373).
 */
export const DescribeDelegationToken = api({
  name: 'DescribeDelegationToken',
  key: 41,
  versions: [0, 3],
  flexible: 2,
  request: () => ({
    owners: array(
      struct({
        principalType: string,
        principalName: string,
      }),
    ).nullable(),
  }),
  response: () => ({
    errorCode,
    tokens: array(
      struct({
        principalType: string,
        principalName: string,
        tokenRequesterPrincipalType: string.since(3).default(''),
        tokenRequesterPrincipalName: string.since(3).default(''),
        issueTimestamp: int64,
        expiryTimestamp: int64,
        maxTimestamp: int64,
        tokenId: string,
        hmac: bytes,
        renewers: array(
          struct({
            principalType: string,
            principalName: string,
          }),
        ),
      }),
    ),
    throttleTimeMs: int32.default(0),
  }),
})
export interface DescribeDelegationTokenRequest extends RequestOf<typeof DescribeDelegationToken> {}
export interface DescribeDelegationTokenResponse extends ResponseOf<typeof DescribeDelegationToken> {}
