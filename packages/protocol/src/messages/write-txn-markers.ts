import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, errorCode, int8, int16, int32, int64, string, struct } from '../schema/field.ts'

/**
 * WriteTxnMarkers: a transaction coordinator has the outcome of transactions written to their partitions (KIP-98).
 *
 * v1 is flexible, v2 says which version of transactions each marker belongs to.
 */
export const WriteTxnMarkers = api({
  name: 'WriteTxnMarkers',
  key: 27,
  versions: [0, 2],
  flexible: 1,
  request: () => ({
    markers: array(
      struct({
        producerId: int64,
        producerEpoch: int16,
        transactionResult: boolean,
        topics: array(
          struct({
            name: string,
            partitionIndexes: array(int32),
          }),
        ),
        coordinatorEpoch: int32,
        transactionVersion: int8.since(2).default(0).ignorable(),
      }),
    ),
  }),
  response: () => ({
    markers: array(
      struct({
        producerId: int64,
        topics: array(
          struct({
            name: string,
            partitions: array(
              struct({
                partitionIndex: int32,
                errorCode,
              }),
            ),
          }),
        ),
      }),
    ),
  }),
})
export interface WriteTxnMarkersRequest extends RequestOf<typeof WriteTxnMarkers> {}
export interface WriteTxnMarkersResponse extends ResponseOf<typeof WriteTxnMarkers> {}
