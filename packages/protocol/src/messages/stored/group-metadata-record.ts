import { array, bytes, int32, int64, string, struct } from '../../schema/field.ts'
import { type KeyOf, type ValueOf, storedRecord } from '../../schema/stored-record.ts'

const memberMetadata = struct({
  memberId: string,
  groupInstanceId: string.since(3).nullable().default(null).ignorable(),
  clientId: string,
  clientHost: string,
  rebalanceTimeout: int32.since(1).default(-1).ignorable(),
  sessionTimeout: int32,
  subscription: bytes,
  assignment: bytes,
})

/**
 * A generation of a classic group in `__consumer_offsets`: its protocol, leader and members with their assignments.
 *
 * v1 adds the rebalance timeout (KIP-62), v2 the time of the last change of state (KIP-211), v3 instance ids
 * (KIP-345), v4 is flexible.
 */
export const GroupMetadataRecord = storedRecord({
  name: 'GroupMetadata',
  type: 2,
  key: () => ({
    group: string,
  }),
  versions: [0, 4],
  flexible: 4,
  value: () => ({
    protocolType: string,
    generation: int32,
    protocol: string.nullable(),
    leader: string.nullable(),
    currentStateTimestamp: int64.since(2).default(-1).ignorable(),
    members: array(memberMetadata),
  }),
})
export interface GroupMetadataKey extends KeyOf<typeof GroupMetadataRecord> {}
export interface GroupMetadataValue extends ValueOf<typeof GroupMetadataRecord> {}
