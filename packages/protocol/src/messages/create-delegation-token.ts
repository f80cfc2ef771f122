import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, bytes, errorCode, int32, int64, string, struct } from '../schema/field.ts'

/**
 * CreateDelegationToken: issues a token that stands for a principal (KIP-48).
 *
 * v2 is flexible, v3 issues tokens for other owners than who asks (KIP-373).
 */
export const CreateDelegationToken = api({
  name: 'CreateDelegationToken',
  key: 38,
  versions: [0, 3],
  flexible: 2,
  request: () => ({
    ownerPrincipalType: string.since(3).nullable().default(''),
    ownerPrincipalName: string.since(3).nullable().default(''),
    renewers: array(
      struct({
        principalType: string,
        principalName: string,
      }),
    ),
    maxLifetimeMs: int64,
  }),
  response: () => ({
    errorCode,
    principalType: string,
    principalName: string,
    tokenRequesterPrincipalType: string.since(3).default(''),
    tokenRequesterPrincipalName: string.since(3).default(''),
    issueTimestampMs: int64,
    expiryTimestampMs: int64,
    maxTimestampMs: int64,
    tokenId: string,
    hmac: bytes,
    throttleTimeMs: int32.default(0),
  }),
})
export interface CreateDelegationTokenRequest extends RequestOf<typeof CreateDelegationToken> {}
export interface CreateDelegationTokenResponse extends ResponseOf<typeof CreateDelegationToken> {}
