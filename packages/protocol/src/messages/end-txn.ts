import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { boolean, errorCode, int16, int32, int64, string } from '../schema/field.ts'

/**
 * EndTxn: commits or aborts a transaction (KIP-98).
 *
 * v3 is flexible, v4 may answer TRANSACTION_ABORTABLE, v5 raises the epoch with every transaction and answers with it
 * (KIP-890).
 */
export const EndTxn = api({
  name: 'EndTxn',
  key: 26,
  versions: [0, 5],
  flexible: 3,
  request: () => ({
    transactionalId: string,
    producerId: int64,
    producerEpoch: int16,
    committed: boolean,
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    errorCode,
    producerId: int64.since(5).default(-1).ignorable(),
    producerEpoch: int16.since(5).default(-1).ignorable(),
  }),
})
export interface EndTxnRequest extends RequestOf<typeof EndTxn> {}
export interface EndTxnResponse extends ResponseOf<typeof EndTxn> {}
