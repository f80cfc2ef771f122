import type { AbortedTransaction, PartitionLog, ReadOutcome, ReadRequest } from '@samsa/log'
import { type ErrorName, downConvert } from '@samsa/protocol'
import { endOffsetForEpoch } from '../partitions/partition-epochs.ts'
import type { Partition } from '../partitions/partition.ts'
import type { Partitions } from '../partitions/partitions.ts'
import { whenAnswered } from '../when-answered.ts'
import type { FetchPartition } from './fetch-sessions.ts'

/** What one fetch may return, and how. */
export interface FetchLimits {
  /** Whether topics are named by id (v13 on). */
  readonly usesTopicIds: boolean
  /** Bytes of records over all partitions. */
  readonly maxBytes: number
  /** Whether a first batch larger than the limits is returned whole, so that the client gets on (v3 on). */
  readonly isFirstBatchWhole: boolean
  readonly isReadCommitted: boolean
  /** Whether a broker asks as a replica: no partition has any beside the one here. */
  readonly isFromReplica: boolean
  /** The newest record format the client's version knows: 0, 1 or 2. */
  readonly magic: 0 | 1 | 2
  /** Whether the client's version promises to know zstd (v10 on, KIP-110). */
  readonly isZstdKnown: boolean
}

/** Gives memory for records. */
export type Allocate = (byteCount: number) => Uint8Array

/** What was read of one partition. */
export interface PartitionRead {
  readonly asked: FetchPartition
  readonly error: ErrorName
  /** Where it was read; undefined when it is not hosted here. */
  readonly partition?: Partition
  /** The partition's `readableBytes` at that time. */
  readonly readableBytes: number
  readonly highWatermark: number
  readonly lastStableOffset: number
  readonly logStartOffset: number
  readonly records: Uint8Array
  /** Null unless committed data was asked for, or there is no such partition. */
  readonly abortedTransactions: readonly AbortedTransaction[] | null
  /** Set when the client's log went another way: it truncates to `endOffset` (KIP-595). */
  readonly divergingEpoch?: { readonly epoch: number; readonly endOffset: number }
}

const NO_RECORDS = new Uint8Array(0)
const UNKNOWN = -1
/** What the records of one batch may take once inflated, when they are rewritten for an old consumer. */
const CONVERSION_LIMITS = { maxInflatedBytes: 100 * 1024 * 1024 }

/**
 * Reads each partition in turn until the limits are reached; those after get an answer without records. A partition a
 * step: others may be served in between, also while the disk is waited for.
 */
export function* readPartitions(
  asked: readonly FetchPartition[],
  hosted: Partitions,
  limits: FetchLimits,
  allocate: Allocate,
): Generator<Promise<void> | undefined, PartitionRead[]> {
  const reads: PartitionRead[] = []
  let remainingBytes = limits.maxBytes
  let isFirst = true
  const add = (read: PartitionRead) => {
    if (read.records.length > 0) isFirst = false
    remainingBytes = Math.max(0, remainingBytes - read.records.length)
    reads.push(read)
  }
  for (const request of asked) {
    const read = whenAnswered(readPartition(request, hosted, limits, allocate, remainingBytes, isFirst), add)
    yield read instanceof Promise ? read : undefined
  }
  return reads
}

/** Bytes that became readable in partitions since they were read, because others were served meanwhile. */
export function arrivedSince(reads: readonly PartitionRead[]): number {
  return reads.reduce(
    (sum, { partition, readableBytes }) => sum + (partition?.readableBytes ?? 0) - readableBytes,
    0,
  )
}

function readPartition(
  asked: FetchPartition,
  hosted: Partitions,
  limits: FetchLimits,
  allocate: Allocate,
  remainingBytes: number,
  isFirst: boolean,
): PartitionRead | Promise<PartitionRead> {
  const found = limits.usesTopicIds
    ? lookUpById(asked, hosted)
    : hosted.lookUp(asked.topic, asked.partitionIndex)
  if ('error' in found) return notFound(asked, found.error)
  const { partition } = found
  const refusal = refusalOf(asked, partition, limits)
  if (refusal !== 'NONE') return failed(asked, refusal, partition)

  const { log } = partition
  const position = {
    asked,
    partition,
    readableBytes: partition.readableBytes,
    error: 'NONE' as const,
    highWatermark: log.highWatermark,
    lastStableOffset: log.lastStableOffset,
    logStartOffset: log.startOffset,
    records: NO_RECORDS,
    abortedTransactions: limits.isReadCommitted ? [] : null,
  }
  const divergingEpoch = divergence(asked, partition)
  if (divergingEpoch?.epoch === UNKNOWN) return failed(asked, 'OFFSET_OUT_OF_RANGE', partition)
  if (divergingEpoch !== undefined) return { ...position, divergingEpoch }

  const maxBytes = Math.min(asked.maxBytes, remainingBytes)
  if (maxBytes <= 0 && !isFirst) return position
  const outcome = readRecords(asked, log, limits, { maxBytes, minOneBatch: isFirst, allocate })
  return whenAnswered(outcome, outcome => {
    if (outcome.error !== 'NONE') return failed(asked, outcome.error, partition)
    const converted = convert(outcome.records, log, asked.fetchOffset, limits)
    if (typeof converted === 'string') return failed(asked, converted, partition)
    const records = limits.isFirstBatchWhole ? converted : converted.subarray(0, maxBytes)
    const abortedTransactions = limits.isReadCommitted ? outcome.abortedTransactions : null
    return { ...position, records, abortedTransactions }
  })
}

/** Reads what is in the page cache at once; for the rest nobody but the client waits. */
function readRecords(
  { fetchOffset }: FetchPartition,
  log: PartitionLog,
  { isReadCommitted }: FetchLimits,
  bounds: Pick<ReadRequest, 'maxBytes' | 'minOneBatch' | 'allocate'>,
): ReadOutcome | Promise<ReadOutcome> {
  const request: ReadRequest = {
    ...bounds,
    offset: fetchOffset,
    upTo: isReadCommitted ? log.lastStableOffset : log.highWatermark,
    withAbortedTransactions: isReadCommitted,
  }
  const ready = log.prepareRead(request)
  return ready === undefined ? log.read(request) : ready.then(() => log.read(request))
}

/**
 * Finds a partition by its topic's id. A session remembers the name of a topic it has met, of whichever partition: once
 * that topic is deleted, the answer tells, as Apache Kafka's does, whether there is another one of its name by now
 * (KIP-516).
 */
function lookUpById(asked: FetchPartition, hosted: Partitions): ReturnType<Partitions['lookUpById']> {
  const found = hosted.lookUpById(asked.topicId, asked.partitionIndex)
  if (asked.topic === '')
    asked.topic = 'partition' in found ? found.partition.topic : (hosted.nameOf(asked.topicId) ?? '')
  if (!('error' in found) || found.error !== 'UNKNOWN_TOPIC_ID' || asked.topic === '') return found
  const namesake = hosted.lookUp(asked.topic, asked.partitionIndex)
  const isNone = 'error' in namesake && namesake.error === 'UNKNOWN_TOPIC_OR_PARTITION'
  return { error: isNone ? 'UNKNOWN_TOPIC_OR_PARTITION' : 'INCONSISTENT_TOPIC_ID' }
}

/** Kafka looks for a topic of another id at a later place than for a missing one, and answers a little differently. */
function notFound(asked: FetchPartition, error: ErrorName): PartitionRead {
  const read = failed(asked, error)
  return error === 'INCONSISTENT_TOPIC_ID' ? read : { ...read, abortedTransactions: [] }
}

function failed(asked: FetchPartition, error: ErrorName, partition?: Partition): PartitionRead {
  return {
    asked,
    error,
    partition,
    readableBytes: partition?.readableBytes ?? 0,
    highWatermark: UNKNOWN,
    lastStableOffset: UNKNOWN,
    logStartOffset: UNKNOWN,
    records: NO_RECORDS,
    abortedTransactions: null,
  }
}

/** Why nothing is read for whoever asks. */
function refusalOf(asked: FetchPartition, { leaderEpoch }: Partition, limits: FetchLimits): ErrorName {
  // Any epoch below zero is none here, where ListOffsets takes it for an old one: as in Apache Kafka.
  const error = checkEpoch(Math.max(asked.currentLeaderEpoch, UNKNOWN), leaderEpoch)
  return error === 'NONE' && limits.isFromReplica ? 'NOT_LEADER_OR_FOLLOWER' : error
}

/** Compares the epoch a client knows the leader by with the leader's own (KIP-320); -1 is not checked. */
export function checkEpoch(known: number, current: number): ErrorName {
  if (known === UNKNOWN || known === current) return 'NONE'
  return known < current ? 'FENCED_LEADER_EPOCH' : 'UNKNOWN_LEADER_EPOCH'
}

function divergence({ lastFetchedEpoch, fetchOffset }: FetchPartition, partition: Partition) {
  if (lastFetchedEpoch < 0) return undefined
  const end = endOffsetForEpoch(partition, lastFetchedEpoch)
  const isSameHistory = end.epoch === lastFetchedEpoch && end.endOffset >= fetchOffset
  return isSameHistory ? undefined : end
}

/** Batches as the client's version can read them, or why it cannot. */
function convert(
  records: Uint8Array,
  { config }: PartitionLog,
  fetchOffset: number,
  limits: FetchLimits,
): Uint8Array | 'UNSUPPORTED_COMPRESSION_TYPE' {
  // The topic's own setting is asked, as in Apache Kafka: where producers chose zstd, a client whose version does not
  // promise to know it may know it all the same (kafka-python does).
  if (!limits.isZstdKnown && config['compression.type'] === 'zstd') return 'UNSUPPORTED_COMPRESSION_TYPE'
  if (limits.magic === 2 || records.length === 0) return records
  return downConvert(records, limits.magic, { ...CONVERSION_LIMITS, firstOffset: fetchOffset })
}
