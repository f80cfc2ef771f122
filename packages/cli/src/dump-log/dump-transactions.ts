import { crc32c, readInt16, readInt64, readUint32 } from '@samsa/base'
import { ProducerSnapshot, type ProducerSnapshotData, decodeMessage } from '@samsa/protocol'
import { FailedError } from '../command/command.ts'
import type { DumpOutput } from './dump-output.ts'
import { readSmallFile } from './segment-file.ts'

const ABORTED_BYTES = 34
const SEQUENCES = 0x8000_0000

/** Dumps an index of aborted transactions: version:2 producer:8 first offset:8 last offset:8 last stable offset:8 each. */
export function dumpTransactionIndex(path: string, output: DumpOutput): void {
  const bytes = readSmallFile(path)
  for (let at = 0; at + ABORTED_BYTES <= bytes.length; at += ABORTED_BYTES) {
    const version = readInt16(bytes, at)
    if (version !== 0)
      throw new FailedError(`Unexpected aborted transaction version ${version} in transaction index ${path}`)
    const [producerId, firstOffset, lastOffset, lastStableOffset] = [2, 10, 18, 26].map(field =>
      readInt64(bytes, at + field),
    )
    output.line(
      `version: 0 producerId: ${producerId} firstOffset: ${firstOffset} lastOffset: ${lastOffset} lastStableOffset: ${lastStableOffset}`,
    )
  }
}

/** Dumps the producers that a partition remembers. Answers what is wrong with the file, if anything is. */
export function dumpProducerSnapshot(path: string, output: DumpOutput): string | undefined {
  const bytes = readSmallFile(path)
  if (bytes.length < 10) return `Snapshot failed schema validation: it has ${bytes.length} bytes only`
  const version = readInt16(bytes, 0)
  if (version !== 1)
    return `Snapshot failed schema validation: Snapshot contained an unknown file version ${version}`
  const [stated, computed] = [readUint32(bytes, 2), crc32c(bytes, 6, bytes.length)]
  if (stated !== computed)
    return `Snapshot is corrupt (CRC is no longer valid). Stored crc: ${stated}. Computed crc: ${computed}`
  for (const entry of decodeMessage(ProducerSnapshot, 1, bytes.subarray(2)).producerEntries)
    output.line(producerLine(entry))
  return undefined
}

type Entry = ProducerSnapshotData['producerEntries'][number]

function producerLine(entry: Entry): string {
  const { lastSequence, lastOffset, offsetDelta, timestamp, currentTxnFirstOffset } = entry
  const transaction =
    currentTxnFirstOffset < 0 ? 'OptionalLong.empty' : `OptionalLong[${currentTxnFirstOffset}]`
  const head =
    `producerId: ${entry.producerId} producerEpoch: ${entry.epoch} coordinatorEpoch: ${entry.coordinatorEpoch}` +
    ` currentTxnFirstOffset: ${transaction} lastTimestamp: ${timestamp}`
  if (lastOffset < 0) return head
  const firstSequence =
    lastSequence >= offsetDelta ? lastSequence - offsetDelta : lastSequence - offsetDelta + SEQUENCES
  return (
    `${head} firstSequence: ${firstSequence} lastSequence: ${lastSequence} lastOffset: ${lastOffset}` +
    ` offsetDelta: ${offsetDelta} timestamp: ${timestamp}`
  )
}
