import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int16, int32, string, struct, uint16, uuid } from '../schema/field.ts'

/**
 * UpdateRaftVoter: a voter of the KRaft quorum tells its endpoints and the versions it supports (KIP-853).
 */
export const UpdateRaftVoter = api({
  name: 'UpdateRaftVoter',
  key: 82,
  versions: [0, 0],
  flexible: 0,
  request: () => ({
    clusterId: string.nullable(),
    currentLeaderEpoch: int32,
    voterId: int32,
    voterDirectoryId: uuid,
    listeners: array(
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
  response: () => ({
    throttleTimeMs: int32.default(0),
    errorCode,
    currentLeader: struct({
      leaderId: int32.default(-1),
      leaderEpoch: int32.default(-1),
      host: string,
      port: int32,
    }).tagged(0, 0),
  }),
})
export interface UpdateRaftVoterRequest extends RequestOf<typeof UpdateRaftVoter> {}
export interface UpdateRaftVoterResponse extends ResponseOf<typeof UpdateRaftVoter> {}
