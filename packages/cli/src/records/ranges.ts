import type { Consumer, ConsumerRecord, OffsetAtTime, TopicPartition } from '@samsa/client'
import type { Moment } from './moment.ts'

/** A part of a partition. */
export interface PartitionRange extends TopicPartition {
  readonly start: number
  /** The offset behind the last one; `Infinity` to go on with what comes. */
  readonly end: number
}

/** How often partitions are looked at whose last offsets have no records (transactions' markers, compaction). */
const GAP_CHECK_MS = 100

/**
 * Where to read, from one moment to another as they are now.
 *
 * @param until undefined to go on with what comes
 */
export async function rangesBetween(
  consumer: Consumer,
  partitions: readonly TopicPartition[],
  at: Moment,
  until: Moment | undefined,
): Promise<PartitionRange[]> {
  const [beginnings, ends] = await Promise.all([
    consumer.beginningOffsets(partitions),
    consumer.endOffsets(partitions),
  ])
  const bounds = partitions.map(one => ({
    ...one,
    first: offsetIn(beginnings, one),
    end: offsetIn(ends, one),
  }))
  const [starts, stops] = await Promise.all([
    offsetsAt(consumer, bounds, at),
    until === undefined ? undefined : offsetsAt(consumer, bounds, until),
  ])
  return bounds.map(({ topic, partition }, index) => ({
    topic,
    partition,
    start: starts[index]!,
    end: stops === undefined ? Number.POSITIVE_INFINITY : stops[index]!,
  }))
}

interface Bounds extends TopicPartition {
  readonly first: number
  readonly end: number
}

async function offsetsAt(consumer: Consumer, bounds: readonly Bounds[], moment: Moment): Promise<number[]> {
  switch (moment.kind) {
    case 'start':
      return bounds.map(({ first }) => first)
    case 'end':
      return bounds.map(({ end }) => end)
    case 'offset':
      return bounds.map(({ first }) => Math.max(first, moment.offset))
    case 'back':
      return bounds.map(({ first, end }) => Math.max(first, end - moment.count))
    case 'time': {
      const queries = bounds.map(({ topic, partition }) => ({ topic, partition, timestamp: moment.timeMs }))
      const found = await consumer.offsetsForTimes(queries)
      return bounds.map(one => {
        const offset = offsetIn(found, one)
        return offset < 0 ? one.end : offset
      })
    }
  }
}

function offsetIn(offsets: readonly OffsetAtTime[], { topic, partition }: TopicPartition): number {
  const found = offsets.find(one => one.topic === topic && one.partition === partition)
  return found?.offset ?? -1
}

/**
 * Reads ranges to their ends, or until the signal. Nothing is done per record.
 *
 * @param take takes records of one partition; false when it wants no more
 */
export async function readRanges(
  consumer: Consumer,
  ranges: readonly PartitionRange[],
  signal: AbortSignal,
  take: (records: readonly ConsumerRecord[]) => Promise<boolean>,
): Promise<void> {
  const left = new Map(
    ranges.filter(({ start, end }) => start < end).map(range => [keyOf(range), range] as const),
  )
  if (left.size === 0) return
  const done = new AbortController()
  const finish = (range: PartitionRange) => {
    left.delete(keyOf(range))
    if (left.size === 0) done.abort()
    else consumer.pause([range])
  }
  consumer.assign(
    [...left.values()].map(({ topic, partition, start }) => ({ topic, partition, offset: start })),
  )
  const check = setInterval(() => void finishPassed(consumer, left, finish), GAP_CHECK_MS)
  try {
    for await (const batch of consumer.batches({ signal: AbortSignal.any([signal, done.signal]) })) {
      const range = left.get(keyOf(batch))
      if (range === undefined) continue
      if (!(await take(before(range.end, batch.records, batch.lastOffset)))) return
      if (batch.lastOffset + 1 >= range.end) finish(range)
    }
  } finally {
    clearInterval(check)
  }
}

function before(end: number, records: readonly ConsumerRecord[], last: number): readonly ConsumerRecord[] {
  return last < end ? records : records.filter(({ offset }) => offset < end)
}

/** Ends ranges whose partitions have been read to behind their ends without a record there. */
async function finishPassed(
  consumer: Consumer,
  left: ReadonlyMap<string, PartitionRange>,
  finish: (range: PartitionRange) => void,
): Promise<void> {
  for (const range of [...left.values()]) {
    if (range.end === Number.POSITIVE_INFINITY) continue
    // A position that is not known yet is asked for again the next time.
    const position = await consumer.position(range, { timeoutMs: 0 }).catch(() => -1)
    if (position >= range.end && left.has(keyOf(range))) finish(range)
  }
}

const keyOf = ({ topic, partition }: TopicPartition) => `${topic}-${partition}`
