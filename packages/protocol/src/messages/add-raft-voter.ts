import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, errorCode, int32, string, struct, uint16, uuid } from '../schema/field.ts'

/**
 * AddRaftVoter: makes a controller a voter of the KRaft quorum (KIP-853).
 *
 * v1 can be answered before the change is committed (KIP-1186).
 */
export const AddRaftVoter = api({
  name: 'AddRaftVoter',
  key: 80,
  versions: [0, 1],
  flexible: 0,
  request: () => ({
    clusterId: string.nullable(),
    timeoutMs: int32,
    voterId: int32,
    voterDirectoryId: uuid,
    listeners: array(
      struct({
        name: string,
        host: string,
        port: uint16,
      }),
    ),
    ackWhenCommitted: boolean.since(1).default(true),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    errorCode,
    errorMessage: string.nullable().ignorable(),
  }),
})
export interface AddRaftVoterRequest extends RequestOf<typeof AddRaftVoter> {}
export interface AddRaftVoterResponse extends ResponseOf<typeof AddRaftVoter> {}
