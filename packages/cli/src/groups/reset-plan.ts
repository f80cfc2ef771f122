import type { Admin, CallOptions, OffsetSpec, TopicPartition } from '@samsa/client'
import { FailedError } from '../command/command.ts'
import { partitionKey } from './partitions.ts'

/** Where partitions are to be read from next. */
export type ResetStrategy =
  | { readonly to: 'earliest' }
  | { readonly to: 'latest' }
  /** What is committed; the end where nothing is. */
  | { readonly to: 'current' }
  | { readonly to: 'offset'; readonly offset: number }
  /** So many records on, or back, from what is committed. */
  | { readonly to: 'shifted'; readonly by: number }
  /** So many records before the end of each partition. */
  | { readonly to: 'back'; readonly records: number }
  /** The first record not before a time. */
  | { readonly to: 'time'; readonly timestampMs: number }
  /** Written down for each partition. */
  | { readonly to: 'planned'; readonly offsets: readonly PartitionOffset[] }

export interface PartitionOffset extends TopicPartition {
  readonly offset: number
}

/** What was found on the way that the user may want to know. */
export type ResetNotice =
  | (PartitionOffset & { readonly kind: 'above' | 'below'; readonly limit: number })
  | (TopicPartition & { readonly kind: 'no-record-since' })

export interface ResetPlan {
  readonly offsets: readonly PartitionOffset[]
  readonly notices: readonly ResetNotice[]
}

/**
 * What offsets partitions get by a strategy. Nothing is changed. Offsets outside of a partition become its nearest end.
 *
 * @param committed what the group has committed, by `partitionKey`; asked for when the strategy needs it
 */
export async function planReset(
  admin: Admin,
  partitions: readonly TopicPartition[],
  strategy: ResetStrategy,
  committed: () => Promise<ReadonlyMap<string, { readonly offset: number }>>,
  call: CallOptions = {},
): Promise<ResetPlan> {
  switch (strategy.to) {
    case 'earliest':
    case 'latest':
      return { offsets: await offsetsAt(admin, partitions, strategy.to, call), notices: [] }
    case 'current':
      return toCurrent(admin, partitions, await committed(), call)
    case 'offset':
      return withinBounds(
        admin,
        partitions.map(one => ({ ...one, offset: strategy.offset })),
        call,
      )
    case 'shifted':
      return withinBounds(admin, shifted(partitions, strategy.by, await committed()), call)
    case 'back':
      return beforeEnd(admin, partitions, strategy.records, call)
    case 'time':
      return toTime(admin, partitions, strategy.timestampMs, call)
    case 'planned':
      return withinBounds(admin, strategy.offsets, call)
  }
}

async function toCurrent(
  admin: Admin,
  partitions: readonly TopicPartition[],
  committed: ReadonlyMap<string, { readonly offset: number }>,
  call: CallOptions,
): Promise<ResetPlan> {
  const without = partitions.filter(one => !committed.has(partitionKey(one)))
  const latest = keyed(await offsetsAt(admin, without, 'latest', call))
  const offsets = partitions.map(({ topic, partition }) => {
    const key = partitionKey({ topic, partition })
    return { topic, partition, offset: (committed.get(key) ?? latest.get(key))!.offset }
  })
  return { offsets, notices: [] }
}

function shifted(
  partitions: readonly TopicPartition[],
  by: number,
  committed: ReadonlyMap<string, { readonly offset: number }>,
): PartitionOffset[] {
  return partitions.map(one => {
    const current = committed.get(partitionKey(one))
    if (current === undefined) throw new NothingCommittedError(partitionKey(one))
    return { ...one, offset: current.offset + by }
  })
}

/** An offset cannot be moved from what is committed, for nothing is. */
export class NothingCommittedError extends FailedError {
  constructor(partition: string) {
    super(`Cannot shift offset for partition ${partition} since there is no current committed offset`)
  }
}

async function toTime(
  admin: Admin,
  partitions: readonly TopicPartition[],
  timestamp: number,
  call: CallOptions,
): Promise<ResetPlan> {
  const found = await offsetsAt(admin, partitions, { timestamp }, call)
  const none = found.filter(({ offset }) => offset < 0)
  const latest = keyed(await offsetsAt(admin, none, 'latest', call))
  return {
    offsets: found.map(one => (one.offset < 0 ? latest.get(partitionKey(one))! : one)),
    notices: none.map(({ topic, partition }) => ({ kind: 'no-record-since', topic, partition })),
  }
}

/** A partition with fewer records is read from its beginning, which is no surprise. */
async function beforeEnd(
  admin: Admin,
  partitions: readonly TopicPartition[],
  records: number,
  call: CallOptions,
): Promise<ResetPlan> {
  const ends = await offsetsAt(admin, partitions, 'latest', call)
  const wanted = ends.map(one => ({ ...one, offset: one.offset - records }))
  return { offsets: (await withinBounds(admin, wanted, call)).offsets, notices: [] }
}

async function withinBounds(
  admin: Admin,
  wanted: readonly PartitionOffset[],
  call: CallOptions,
): Promise<ResetPlan> {
  const starts = keyed(await offsetsAt(admin, wanted, 'earliest', call))
  const ends = keyed(await offsetsAt(admin, wanted, 'latest', call))
  const notices: ResetNotice[] = []
  const offsets = wanted.map(one => {
    const [start, end] = [starts, ends].map(bounds => bounds.get(partitionKey(one))!.offset) as [
      number,
      number,
    ]
    if (one.offset >= start && one.offset <= end) return one
    const [kind, limit] = one.offset > end ? (['above', end] as const) : (['below', start] as const)
    notices.push({ ...one, kind, limit })
    return { ...one, offset: limit }
  })
  return { offsets, notices }
}

async function offsetsAt(
  admin: Admin,
  partitions: readonly TopicPartition[],
  at: OffsetSpec,
  call: CallOptions,
): Promise<PartitionOffset[]> {
  if (partitions.length === 0) return []
  const queries = partitions.map(({ topic, partition }) => ({ topic, partition, at }))
  const found = await admin.listOffsets(queries, call)
  return queries.map(({ topic, partition }) => ({
    topic,
    partition,
    offset: found.get({ topic, partition }).offset,
  }))
}

function keyed(offsets: readonly PartitionOffset[]): Map<string, PartitionOffset> {
  return new Map(offsets.map(one => [partitionKey(one), one]))
}
