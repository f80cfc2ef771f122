import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { errorCode, int16, int32, int64, string } from '../schema/field.ts'

/**
 * AddOffsetsToTxn: makes the offsets of a group part of a transaction (KIP-98).
 *
 * v2 answers PRODUCER_FENCED, v3 is flexible, v4 may answer TRANSACTION_ABORTABLE (KIP-890).
 */
export const AddOffsetsToTxn = api({
  name: 'AddOffsetsToTxn',
  key: 25,
  versions: [0, 4],
  flexible: 3,
  request: () => ({
    transactionalId: string,
    producerId: int64,
    producerEpoch: int16,
    groupId: string,
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    errorCode,
  }),
})
export interface AddOffsetsToTxnRequest extends RequestOf<typeof AddOffsetsToTxn> {}
export interface AddOffsetsToTxnResponse extends ResponseOf<typeof AddOffsetsToTxn> {}
