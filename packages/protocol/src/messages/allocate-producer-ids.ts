import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { errorCode, int32, int64 } from '../schema/field.ts'

/**
 * AllocateProducerIds: the controller gives a broker a block of producer ids to hand out (KIP-730).
 */
export const AllocateProducerIds = api({
  name: 'AllocateProducerIds',
  key: 67,
  versions: [0, 0],
  flexible: 0,
  request: () => ({
    brokerId: int32,
    brokerEpoch: int64.default(-1),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    errorCode,
    producerIdStart: int64,
    producerIdLen: int32,
  }),
})
export interface AllocateProducerIdsRequest extends RequestOf<typeof AllocateProducerIds> {}
export interface AllocateProducerIdsResponse extends ResponseOf<typeof AllocateProducerIds> {}
