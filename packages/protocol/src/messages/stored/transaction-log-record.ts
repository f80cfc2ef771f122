import { array, int8, int16, int32, int64, string, struct } from '../../schema/field.ts'
import { type KeyOf, type ValueOf, storedRecord } from '../../schema/stored-record.ts'

/**
 * The state of a transactional id in `__transaction_state` (KIP-98).
 *
 * v1 is flexible and remembers the producer's previous and next id and epoch, and the version of transactions its
 * client speaks (KIP-890).
 */
export const TransactionLogRecord = storedRecord({
  name: 'TransactionLog',
  type: 0,
  key: () => ({
    transactionalId: string,
  }),
  versions: [0, 1],
  flexible: 1,
  value: () => ({
    producerId: int64,
    previousProducerId: int64.default(-1).tagged(0, 1),
    nextProducerId: int64.default(-1).tagged(1, 1),
    producerEpoch: int16,
    nextProducerEpoch: int16.default(-1).tagged(3, 1),
    transactionTimeoutMs: int32,
    transactionStatus: int8,
    transactionPartitions: array(
      struct({
        topic: string,
        partitionIds: array(int32),
      }),
    ).nullable(),
    transactionLastUpdateTimestampMs: int64,
    transactionStartTimestampMs: int64,
    clientTransactionVersion: int16.default(0).tagged(2, 1),
  }),
})
export interface TransactionLogKey extends KeyOf<typeof TransactionLogRecord> {}
export interface TransactionLogValue extends ValueOf<typeof TransactionLogRecord> {}
