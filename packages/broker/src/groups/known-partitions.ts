import type { MetadataImage, TopicImage } from '@samsa/cluster'
import type { ErrorName } from '@samsa/protocol'

/** Partitions of one topic in a request about offsets, split by whether they exist. */
export interface SplitPartitions<Partition> {
  readonly known: readonly Partition[]
  readonly unknown: readonly Partition[]
}

/** The topic a request names, by id from the version on in which the API has ids, by name before. */
export function topicAsked(
  image: MetadataImage,
  { name, topicId }: { readonly name: string; readonly topicId: string },
  isById: boolean,
): TopicImage | 'UNKNOWN_TOPIC_ID' | 'UNKNOWN_TOPIC_OR_PARTITION' {
  if (isById) return image.topicById(topicId) ?? 'UNKNOWN_TOPIC_ID'
  return image.topic(name) ?? 'UNKNOWN_TOPIC_OR_PARTITION'
}

export function splitPartitions<Partition extends { readonly partitionIndex: number }>(
  topic: TopicImage | undefined,
  partitions: readonly Partition[],
): SplitPartitions<Partition> {
  const count = topic?.partitions.length ?? 0
  const isKnown = ({ partitionIndex }: Partition) => partitionIndex >= 0 && partitionIndex < count
  return { known: partitions.filter(isKnown), unknown: partitions.filter(partition => !isKnown(partition)) }
}

interface TopicOutcome {
  readonly partitions: readonly { readonly partitionIndex: number; readonly errorCode: ErrorName }[]
}

/** Joins what is told about the same topic in two places, in the order of the first. */
export function mergeTopics<Topic extends TopicOutcome>(
  first: readonly Topic[],
  second: readonly Topic[],
  keyOf: (topic: Topic) => string,
): Topic[] {
  const merged = new Map<string, { topic: Topic; partitions: TopicOutcome['partitions'][number][] }>()
  for (const topics of [first, second]) {
    for (const topic of topics) {
      const key = keyOf(topic)
      const partitions = merged.get(key)?.partitions ?? []
      for (const partition of topic.partitions) partitions.push(partition)
      merged.set(key, { topic, partitions })
    }
  }
  return Array.from(merged.values(), ({ topic, partitions }) => ({ ...topic, partitions }))
}
