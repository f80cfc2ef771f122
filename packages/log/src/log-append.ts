import type { Clock } from '@samsa/base'
import {
  batchBaseOffset,
  batchLastOffsetDelta,
  batchMagic,
  batchMaxTimestamp,
  batchProducerId,
  nextBatch,
  setBatchBaseOffset,
  setBatchLeaderEpoch,
} from '@samsa/protocol'
import {
  type AppendContext,
  type AppendOutcome,
  type Appended,
  type Refused,
  refused,
} from './append-outcome.ts'
import { hasProducer, leaderEpochOf } from './batch-view.ts'
import { convertForAppend, needsConversion } from './conversion.ts'
import { checkFraming, checkLeaderBatch, checkSize } from './leader-checks.ts'
import type { LeaderEpochs } from './leader-epochs.ts'
import type { LogBody } from './log-body.ts'
import type { ProducerBatch } from './producer-entry.ts'
import type { Producers } from './producers.ts'
import { checkReplicated } from './replica-checks.ts'
import { isSegmentFull, segmentBytesOf } from './roll.ts'
import { SEGMENT_RANGE_MAX, type Segment } from './segment.ts'
import type { LogConfig } from './topic-config.ts'

/** The parts of a log that an append changes. */
export interface AppendTarget {
  readonly body: LogBody
  readonly epochs: LeaderEpochs
  readonly clock: Clock
  readonly config: () => LogConfig
  readonly producers: () => Producers
  /** Begins a segment at that offset. Throws `DiskError`. */
  readonly rollTo: (baseOffset: number) => void
  readonly syncInBackground: () => void
}

export const NOTHING_APPENDED: Appended = {
  error: 'NONE',
  firstOffset: -1,
  lastOffset: -1,
  logAppendTimeMs: -1,
  maxTimestamp: -1,
}

/** Appends one batch, or an old message set that becomes one, and gives it its offsets. Throws `DiskError`. */
export function appendAsLeader(
  target: AppendTarget,
  records: Uint8Array,
  context: AppendContext,
): AppendOutcome {
  const problem = checkFraming(records)
  if (problem !== undefined) return problem
  const config = target.config()
  const now = context.now ?? target.clock.now()
  if (!needsConversion(records, config)) {
    const batch = firstOf(records)
    return checkLeaderBatch(batch, config, context, now) ?? appendBatch(target, batch, context, now)
  }
  const converted = convertForAppend(records, config, context, now)
  if (!(converted instanceof Uint8Array)) return converted
  return checkSize(converted.length, config) ?? appendBatch(target, converted, context, now)
}

/** Appends batches as the leader has them. Throws `DiskError`. */
export function appendReplicated(
  target: AppendTarget,
  records: Uint8Array,
  context: AppendContext,
): AppendOutcome {
  const checked = checkReplicated(records, target.body.endOffset, context.leaderEpoch)
  if ('error' in checked) return checked
  if (checked.byteCount === 0) return NOTHING_APPENDED
  const { firstOffset, lastOffset, maxTimestamp } = checked
  const batches = records.subarray(0, checked.byteCount)
  const tooLarge = checkSegmentBytes(batches.length, target.config())
  if (tooLarge !== undefined) return tooLarge
  const outcome: Appended = { error: 'NONE', firstOffset, lastOffset, logAppendTimeMs: -1, maxTimestamp }
  writeBatches(target, batches, outcome, context.now ?? target.clock.now())
  for (let at = 0; at >= 0 && at < batches.length; at = nextBatch(batches, at, batches.length)) {
    const baseOffset = batchMagic(batches, at) === 2 ? batchBaseOffset(batches, at) : firstOffset
    target.epochs.assign(leaderEpochOf(batches, at), baseOffset)
  }
  return outcome
}

/** Appends a batch that passed all checks but those of its producer's history. */
function appendBatch(
  target: AppendTarget,
  batch: Uint8Array,
  context: AppendContext,
  now: number,
): AppendOutcome {
  const config = target.config()
  const tooLarge = checkSegmentBytes(batch.length, config)
  if (tooLarge !== undefined) return tooLarge
  const firstOffset = target.body.endOffset
  setBatchBaseOffset(batch, 0, firstOffset)
  setBatchLeaderEpoch(batch, 0, context.leaderEpoch)
  if (batchProducerId(batch, 0) >= 0) {
    const verdict = target.producers().check(batch, 0, firstOffset, context)
    if (verdict !== undefined) return 'error' in verdict ? verdict : repeated(verdict)
  }
  const outcome: Appended = {
    error: 'NONE',
    firstOffset,
    lastOffset: firstOffset + batchLastOffsetDelta(batch, 0),
    logAppendTimeMs: config['message.timestamp.type'] === 'LogAppendTime' ? now : -1,
    maxTimestamp: batchMaxTimestamp(batch, 0),
  }
  try {
    writeBatches(target, batch, outcome, now)
  } catch (error) {
    target.producers().noteRefused(batch, 0)
    throw error
  }
  target.epochs.assign(context.leaderEpoch, firstOffset)
  return outcome
}

/** Writes batches that have their offsets. A full disk leaves everything as it was. */
function writeBatches(target: AppendTarget, batches: Uint8Array, place: Appended, now: number): void {
  const { body } = target
  const config = target.config()
  const producers = target.producers()
  rollIfFull(target, batches.length, place, now)
  body.append(batches, place.lastOffset, config['index.interval.bytes'], (at, segment) => {
    if (hasProducer(batches, at)) noteProducer(producers, segment, batches, at)
  })
  producers.endOffset = body.endOffset
}

function noteProducer(producers: Producers, segment: Segment, batches: Uint8Array, at: number): void {
  const ended = producers.apply(batches, at)
  if (ended === undefined) return
  if (ended.isAborted) {
    const { producerId, firstOffset, lastOffset } = ended
    const lastStableOffset = producers.lastStableOffsetAt(ended)
    segment.transactions.add({ producerId, firstOffset, lastOffset, lastStableOffset })
  }
  producers.finish(ended)
}

function rollIfFull(target: AppendTarget, byteCount: number, place: Appended, now: number): void {
  const { body } = target
  const age = { now, maxTimestamp: place.maxTimestamp, jitterMs: body.jitterMs }
  if (!isSegmentFull(body.segments.last, byteCount, place.lastOffset, age, target.config())) return
  if (mustGrow(body, byteCount, place)) {
    target.syncInBackground()
    return
  }
  // Only a follower may be given records far beyond its end.
  const isFar = place.lastOffset - body.endOffset > SEGMENT_RANGE_MAX
  target.rollTo(isFar ? place.firstOffset : body.endOffset)
}

/**
 * Whether the only segment has to take more than it should: were a second one begun before the first one's name is
 * durable, a power cut could leave the second alone, and the log would seem to begin there.
 */
function mustGrow({ segments, durability }: LogBody, byteCount: number, { lastOffset }: Appended): boolean {
  if (segments.count > 1 || durability.areNamesDurable) return false
  const { size, baseOffset } = segments.last
  return size + byteCount <= SEGMENT_RANGE_MAX && lastOffset - baseOffset <= SEGMENT_RANGE_MAX
}

function checkSegmentBytes(byteCount: number, config: LogConfig): Refused | undefined {
  const limit = segmentBytesOf(config)
  if (byteCount <= limit) return undefined
  const message = `The records have ${byteCount} bytes; segment.bytes of the topic is ${limit}.`
  return refused('RECORD_LIST_TOO_LARGE', message)
}

const repeated = ({ firstOffset, lastOffset, timestamp }: ProducerBatch): Appended => ({
  error: 'NONE',
  firstOffset,
  lastOffset,
  logAppendTimeMs: timestamp,
  maxTimestamp: timestamp,
  duplicate: true,
})

/** The first batch, without trailing bytes that are no whole one. */
function firstOf(records: Uint8Array): Uint8Array {
  const end = nextBatch(records, 0, records.length)
  return end === records.length ? records : records.subarray(0, end)
}
