import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { errorCode, int32, string } from '../schema/field.ts'

/**
 * Heartbeat: a member tells its coordinator that it is alive and learns whether to rejoin.
 *
 * v1 adds the throttle time, v3 static members (KIP-345), v4 flexible encoding.
 */
export const Heartbeat = api({
  name: 'Heartbeat',
  key: 12,
  versions: [0, 4],
  flexible: 4,
  request: () => ({
    groupId: string,
    generationId: int32,
    memberId: string,
    groupInstanceId: string.since(3).nullable().default(null),
  }),
  response: () => ({
    throttleTimeMs: int32.since(1).default(0).ignorable(),
    errorCode,
  }),
})
export interface HeartbeatRequest extends RequestOf<typeof Heartbeat> {}
export interface HeartbeatResponse extends ResponseOf<typeof Heartbeat> {}
