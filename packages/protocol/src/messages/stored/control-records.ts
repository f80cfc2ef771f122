import { ZERO_UUID } from '@samsa/base'
import { array, int16, int32, int64, string, struct, uint16, uuid } from '../../schema/field.ts'
import { type MessageOf, message } from '../../schema/message.ts'

/**
 * The key of a control record after its version: which kind of marker it is.
 */
export const ControlRecordTypeSchema = message({
  name: 'ControlRecordTypeSchema',
  versions: [0, 0],
  flexible: 'none',
  fields: () => ({
    type: int16,
  }),
})
export interface ControlRecordTypeSchemaData extends MessageOf<typeof ControlRecordTypeSchema> {}

/**
 * The value of a marker that ends a transaction, after the version as an int16 (KIP-98).
 */
export const EndTxnMarker = message({
  name: 'EndTxnMarker',
  versions: [0, 0],
  flexible: 'none',
  fields: () => ({
    coordinatorEpoch: int32,
  }),
})
export interface EndTxnMarkerData extends MessageOf<typeof EndTxnMarker> {}

const voter = struct({
  voterId: int32,
  voterDirectoryId: uuid.since(1).default(ZERO_UUID),
})

/**
 * A new leader's first record in the metadata log of a KRaft quorum (KIP-595).
 *
 * v1 names voters with their directories (KIP-853).
 */
export const LeaderChangeMessage = message({
  name: 'LeaderChangeMessage',
  versions: [0, 1],
  flexible: 0,
  fields: () => ({
    version: int16,
    leaderId: int32,
    voters: array(voter),
    grantingVoters: array(voter),
  }),
})
export interface LeaderChangeMessageData extends MessageOf<typeof LeaderChangeMessage> {}

/**
 * The first record of a snapshot of the metadata log (KIP-630).
 */
export const SnapshotHeaderRecord = message({
  name: 'SnapshotHeaderRecord',
  versions: [0, 0],
  flexible: 0,
  fields: () => ({
    version: int16,
    lastContainedLogTimestamp: int64,
  }),
})
export interface SnapshotHeaderRecordData extends MessageOf<typeof SnapshotHeaderRecord> {}

/**
 * The last record of a snapshot of the metadata log (KIP-630).
 */
export const SnapshotFooterRecord = message({
  name: 'SnapshotFooterRecord',
  versions: [0, 0],
  flexible: 0,
  fields: () => ({
    version: int16,
  }),
})
export interface SnapshotFooterRecordData extends MessageOf<typeof SnapshotFooterRecord> {}

/**
 * The version of KRaft that the quorum speaks (KIP-853).
 */
export const KRaftVersionRecord = message({
  name: 'KRaftVersionRecord',
  versions: [0, 0],
  flexible: 0,
  fields: () => ({
    version: int16,
    kRaftVersion: int16,
  }),
})
export interface KRaftVersionRecordData extends MessageOf<typeof KRaftVersionRecord> {}

/**
 * The voters of a KRaft quorum (KIP-853).
 */
export const VotersRecord = message({
  name: 'VotersRecord',
  versions: [0, 0],
  flexible: 0,
  fields: () => ({
    version: int16,
    voters: array(
      struct({
        voterId: int32,
        voterDirectoryId: uuid,
        endpoints: array(
          struct({
            name: string,
            host: string,
            port: uint16,
          }),
        ),
        kRaftVersionFeature: struct({
          minSupportedVersion: int16,
          maxSupportedVersion: int16,
        }),
      }),
    ),
  }),
})
export interface VotersRecordData extends MessageOf<typeof VotersRecord> {}
