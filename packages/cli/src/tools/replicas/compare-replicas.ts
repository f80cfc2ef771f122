import { batchCrc, batchLastOffset, nextBatch } from '@samsa/protocol'

/** What a replica of a partition answered to a fetch. */
export interface FetchedReplica {
  readonly broker: number
  /** -1 when it did not answer. */
  readonly highWatermark: number
  /** Batches; what is cut off at the end does not count. */
  readonly records: Uint8Array
}

export interface Comparison {
  /** What does not agree, as sentences without a full stop. */
  readonly problems: readonly string[]
  /** The replicas have different batches: comparing on makes no sense. */
  readonly isFatal: boolean
  /** Up to here all replicas were compared. */
  readonly nextOffset: number
}

/**
 * Compares what the replicas of a partition have, batch by batch, up to the high watermark of each: last offsets and
 * checksums have to agree.
 *
 * @param offset where the fetches began
 */
export function compareReplicas(
  partition: string,
  replicas: readonly FetchedReplica[],
  offset: number,
): Comparison {
  const problems: string[] = []
  const positions = replicas.map(() => 0)
  let nextOffset = offset
  for (;;) {
    let first: { broker: number; lastOffset: number; checksum: number } | undefined
    for (const [index, { broker, records, highWatermark }] of replicas.entries()) {
      const at = positions[index]!
      const end = nextBatch(records, at, records.length)
      if (end < 0) return { problems, isFatal: false, nextOffset }
      positions[index] = end
      const own = { broker, lastOffset: batchLastOffset(records, at), checksum: batchCrc(records, at) }
      if (own.lastOffset >= highWatermark) return { problems, isFatal: false, nextOffset }
      first ??= own
      if (own.lastOffset !== first.lastOffset) {
        const problem = `partition ${partition}: replica ${first.broker}'s offset ${first.lastOffset} doesn't match replica ${broker}'s offset ${own.lastOffset}`
        return { problems: [...problems, problem], isFatal: true, nextOffset }
      }
      if (own.checksum !== first.checksum) {
        problems.push(
          `partition ${partition} has unmatched checksum at offset ${own.lastOffset}; replica ${first.broker}'s checksum ${first.checksum}; replica ${broker}'s checksum ${own.checksum}`,
        )
      }
    }
    if (first === undefined) return { problems, isFatal: false, nextOffset }
    nextOffset = first.lastOffset + 1
  }
}
