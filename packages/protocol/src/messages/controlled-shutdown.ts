import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int32, int64, string, struct } from '../schema/field.ts'

/**
 * ControlledShutdown: a broker asked its ZooKeeper-based controller to move leaders away before it stops. Gone since
 * Kafka 4.0.
 *
 * v0 is the only request of the protocol without a client id in its header. v2 carries the broker's epoch (KIP-380),
 * v3 is flexible.
 */
export const ControlledShutdown = api({
  name: 'ControlledShutdown',
  key: 7,
  versions: [0, 3],
  flexible: 3,
  request: () => ({
    brokerId: int32,
    brokerEpoch: int64.since(2).default(-1).ignorable(),
  }),
  response: () => ({
    errorCode,
    remainingPartitions: array(
      struct({
        topicName: string,
        partitionIndex: int32,
      }),
    ),
  }),
})
export interface ControlledShutdownRequest extends RequestOf<typeof ControlledShutdown> {}
export interface ControlledShutdownResponse extends ResponseOf<typeof ControlledShutdown> {}
