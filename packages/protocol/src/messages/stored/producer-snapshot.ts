import { array, int16, int32, int64, struct, uint32 } from '../../schema/field.ts'
import { type MessageOf, message } from '../../schema/message.ts'

/**
 * The producers that a partition remembers, in a `.snapshot` file beside its segments, after the version as an int16.
 * The CRC-32C covers everything after itself.
 */
export const ProducerSnapshot = message({
  name: 'ProducerSnapshot',
  versions: [1, 1],
  flexible: 'none',
  fields: () => ({
    crc: uint32,
    producerEntries: array(
      struct({
        producerId: int64,
        epoch: int16,
        lastSequence: int32,
        lastOffset: int64,
        offsetDelta: int32,
        timestamp: int64,
        coordinatorEpoch: int32,
        currentTxnFirstOffset: int64,
      }),
    ),
  }),
})
export interface ProducerSnapshotData extends MessageOf<typeof ProducerSnapshot> {}
