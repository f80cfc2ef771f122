import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, errorCode, int8, int32, int64, string, struct, uuid } from '../schema/field.ts'

/**
 * ShareAcknowledge: a member of a share group acknowledges records without fetching more (KIP-932).
 *
 * v0 was early access with the fields of v1. v2 can renew the locks on records (KIP-1222).
 */
export const ShareAcknowledge = api({
  name: 'ShareAcknowledge',
  key: 79,
  versions: [0, 2],
  flexible: 0,
  request: () => ({
    groupId: string.nullable().default(null),
    memberId: string.nullable(),
    shareSessionEpoch: int32,
    isRenewAck: boolean.since(2).default(false),
    topics: array(
      struct({
        topicId: uuid,
        partitions: array(
          struct({
            partitionIndex: int32,
            acknowledgementBatches: array(
              struct({
                firstOffset: int64,
                lastOffset: int64,
                acknowledgeTypes: array(int8),
              }),
            ),
          }),
        ),
      }),
    ),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    errorCode,
    errorMessage: string.nullable().default(null),
    acquisitionLockTimeoutMs: int32.since(2).default(0).ignorable(),
    responses: array(
      struct({
        topicId: uuid,
        partitions: array(
          struct({
            partitionIndex: int32,
            errorCode,
            errorMessage: string.nullable().default(null),
            currentLeader: struct({
              leaderId: int32,
              leaderEpoch: int32,
            }),
          }),
        ),
      }),
    ),
    nodeEndpoints: array(
      struct({
        nodeId: int32,
        host: string,
        port: int32,
        rack: string.nullable().default(null),
      }),
    ),
  }),
})
export interface ShareAcknowledgeRequest extends RequestOf<typeof ShareAcknowledge> {}
export interface ShareAcknowledgeResponse extends ResponseOf<typeof ShareAcknowledge> {}
