import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { errorCode, int32, string, uuid } from '../schema/field.ts'

/**
 * RemoveRaftVoter: takes a voter out of the KRaft quorum (KIP-853).
 */
export const RemoveRaftVoter = api({
  name: 'RemoveRaftVoter',
  key: 81,
  versions: [0, 0],
  flexible: 0,
  request: () => ({
    clusterId: string.nullable(),
    voterId: int32,
    voterDirectoryId: uuid,
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    errorCode,
    errorMessage: string.nullable().ignorable(),
  }),
})
export interface RemoveRaftVoterRequest extends RequestOf<typeof RemoveRaftVoter> {}
export interface RemoveRaftVoterResponse extends ResponseOf<typeof RemoveRaftVoter> {}
