import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { boolean, errorCode, int16, int32, int64, string } from '../schema/field.ts'

/**
 * InitProducerId: gives a producer its id and epoch, and fences older producers with the same transactional id
 * (KIP-98).
 *
 * v2 is flexible. v3 takes the id and epoch a producer has, to go on from them (KIP-360), v4 answers PRODUCER_FENCED,
 * v5 goes with the second version of transactions (KIP-890). v6, not stable yet, keeps a prepared transaction for
 * two-phase commit (KIP-939).
 */
export const InitProducerId = api({
  name: 'InitProducerId',
  key: 22,
  versions: [0, 6],
  flexible: 2,
  latestVersionUnstable: true,
  request: () => ({
    transactionalId: string.nullable(),
    transactionTimeoutMs: int32,
    producerId: int64.since(3).default(-1),
    producerEpoch: int16.since(3).default(-1),
    enable2Pc: boolean.since(6).default(false),
    keepPreparedTxn: boolean.since(6).default(false),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0).ignorable(),
    errorCode,
    producerId: int64.default(-1),
    producerEpoch: int16,
    ongoingTxnProducerId: int64.since(6).default(-1),
    ongoingTxnProducerEpoch: int16.since(6).default(-1),
  }),
})
export interface InitProducerIdRequest extends RequestOf<typeof InitProducerId> {}
export interface InitProducerIdResponse extends ResponseOf<typeof InitProducerId> {}
