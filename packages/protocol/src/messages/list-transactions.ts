import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int32, int64, string, struct } from '../schema/field.ts'

/**
 * ListTransactions: the transactional ids that a broker coordinates, filtered by state and producer (KIP-664).
 *
 * v1 filters by duration (KIP-994), v2 by a pattern for the id (KIP-1152).
 */
export const ListTransactions = api({
  name: 'ListTransactions',
  key: 66,
  versions: [0, 2],
  flexible: 0,
  request: () => ({
    stateFilters: array(string),
    producerIdFilters: array(int64),
    durationFilter: int64.since(1).default(-1),
    transactionalIdPattern: string.since(2).nullable().default(null),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    errorCode,
    unknownStateFilters: array(string),
    transactionStates: array(
      struct({
        transactionalId: string,
        producerId: int64,
        transactionState: string,
      }),
    ),
  }),
})
export interface ListTransactionsRequest extends RequestOf<typeof ListTransactions> {}
export interface ListTransactionsResponse extends ResponseOf<typeof ListTransactions> {}
