import {
  array,
  boolean,
  bytes,
  float64,
  int8,
  int32,
  int64,
  string,
  struct,
  uuid,
} from '../../schema/field.ts'
import { framedRecord } from '../../schema/framed-record.ts'

/**
 * A rule of who may do what.
 */
export const AccessControlEntryRecord = framedRecord({
  name: 'AccessControlEntryRecord',
  type: 18,
  versions: [0, 0],
  fields: () => ({
    id: uuid,
    resourceType: int8,
    resourceName: string,
    patternType: int8,
    principal: string,
    host: string,
    operation: int8,
    permissionType: int8,
  }),
})

/**
 * A rule that holds no longer.
 */
export const RemoveAccessControlEntryRecord = framedRecord({
  name: 'RemoveAccessControlEntryRecord',
  type: 19,
  versions: [0, 0],
  fields: () => ({ id: uuid }),
})

/**
 * A quota of a user, client or address, or that there is none any more.
 */
export const ClientQuotaRecord = framedRecord({
  name: 'ClientQuotaRecord',
  type: 14,
  versions: [0, 0],
  fields: () => ({
    entity: array(struct({ entityType: string, entityName: string.nullable() })),
    key: string,
    value: float64,
    remove: boolean,
  }),
})

/**
 * What a broker needs to know of a user's password for SCRAM (KIP-900).
 */
export const UserScramCredentialRecord = framedRecord({
  name: 'UserScramCredentialRecord',
  type: 11,
  versions: [0, 0],
  fields: () => ({
    name: string,
    mechanism: int8,
    salt: bytes,
    storedKey: bytes,
    serverKey: bytes,
    iterations: int32,
  }),
})

/**
 * A user who cannot log in by this mechanism any more.
 */
export const RemoveUserScramCredentialRecord = framedRecord({
  name: 'RemoveUserScramCredentialRecord',
  type: 22,
  versions: [0, 0],
  fields: () => ({ name: string, mechanism: int8 }),
})

/**
 * A delegation token.
 */
export const DelegationTokenRecord = framedRecord({
  name: 'DelegationTokenRecord',
  type: 10,
  versions: [0, 0],
  fields: () => ({
    owner: string,
    requester: string,
    renewers: array(string),
    issueTimestamp: int64,
    maxTimestamp: int64,
    expirationTimestamp: int64,
    tokenId: string,
  }),
})

/**
 * A delegation token that is valid no longer.
 */
export const RemoveDelegationTokenRecord = framedRecord({
  name: 'RemoveDelegationTokenRecord',
  type: 26,
  versions: [0, 0],
  fields: () => ({ tokenId: string }),
})
