import type {
  Admin,
  CallOptions,
  CommittedOffset,
  StreamsGroupDescription,
  TopicPartition,
} from '@samsa/client'
import { FailedError } from '../command/command.ts'
import { committedOffsets } from './group-progress.ts'
import { byPartition, partitionKey } from './partitions.ts'

/** How far a streams group is in a partition that one of its members works on. */
export interface StreamsProgress extends TopicPartition {
  /** Undefined where it has committed nothing. */
  readonly offset: number | undefined
  readonly leaderEpoch: number | undefined
  readonly endOffset: number
  /** Records still to be processed: all of them where nothing is committed. */
  readonly lag: number
}

/** How far a streams group is, in the partitions that its members work on. */
export async function streamsProgress(
  admin: Admin,
  group: StreamsGroupDescription,
  call: CallOptions,
): Promise<StreamsProgress[]> {
  const partitions = activePartitions(group)
  if (partitions.length === 0) return []
  const starts = await admin.listOffsets(
    partitions.map(one => ({ ...one, at: 'earliest' as const })),
    call,
  )
  const ends = await admin.listOffsets(partitions, call)
  const committed = await streamsOffsets(admin, group, call)
  return partitions.map(one => {
    const { offset, leaderEpoch } = committed.get(partitionKey(one)) ?? {}
    const endOffset = ends.get(one).offset
    return { ...one, offset, leaderEpoch, endOffset, lag: endOffset - (offset ?? starts.get(one).offset) }
  })
}

/** What a streams group committed for its input topics, by `partitionKey`. */
export async function streamsOffsets(
  admin: Admin,
  { groupId, subtopologies }: StreamsGroupDescription,
  call: CallOptions,
): Promise<Map<string, TopicPartition & CommittedOffset>> {
  const inputs = new Set(subtopologies.flatMap(({ sourceTopics }) => sourceTopics))
  const all = await committedOffsets(admin, groupId, call)
  return new Map([...all].filter(([, { topic }]) => inputs.has(topic)))
}

function activePartitions({ members, subtopologies }: StreamsGroupDescription): TopicPartition[] {
  const topicsOf = new Map(
    subtopologies.map(one => [
      one.subtopologyId,
      [...one.sourceTopics, ...one.repartitionSourceTopics.map(({ name }) => name)],
    ]),
  )
  const found = new Map<string, TopicPartition>()
  for (const { subtopologyId, partitions } of members.flatMap(({ assignment }) => assignment.activeTasks)) {
    const topics = topicsOf.get(subtopologyId)
    if (topics === undefined)
      throw new FailedError(`Subtopology ${subtopologyId} not found in group description!`)
    for (const topic of topics)
      for (const partition of partitions) found.set(partitionKey({ topic, partition }), { topic, partition })
  }
  return [...found.values()].sort(byPartition)
}

const internalName =
  /(?:-changelog|-repartition|-subscription-(?:registration|response)-topic|.-KTABLE-FK-JOIN-SUBSCRIPTION-(?:REGISTRATION|RESPONSE)-\d+-topic)$/

/**
 * The topics that a streams application made for itself.
 *
 * @param isStrange called with one whose name does not say so; it is left alone
 */
export function internalTopics(
  { groupId, subtopologies }: StreamsGroupDescription,
  isStrange: (topic: string) => void,
): string[] {
  const inputs = new Set(subtopologies.flatMap(({ sourceTopics }) => sourceTopics))
  const made = subtopologies.flatMap(one => [...one.repartitionSourceTopics, ...one.stateChangelogTopics])
  const names = made.map(({ name }) => name).filter(name => !inputs.has(name))
  return names.filter(name => {
    if (name.startsWith(`${groupId}-`) && internalName.test(name)) return true
    isStrange(name)
    return false
  })
}
