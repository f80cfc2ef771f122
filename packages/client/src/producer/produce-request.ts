import { ZERO_UUID } from '@samsa/base'
import type { Produce, RequestDraftOf } from '@samsa/protocol'
import type { Batch } from './batch.ts'
import type { Lane } from './lane.ts'

/** A batch that leaves, its bytes, and the topic's id as known at that time. */
export interface Parcel {
  readonly lane: Lane
  readonly batch: Batch
  readonly topicId: string
  bytes: Uint8Array
}

type ProduceDraft = RequestDraftOf<typeof Produce>
type TopicDraft = ProduceDraft['topicData'][number]

/** The first version that names topics by id. */
const TOPIC_IDS_SINCE = 13

/** The newest version these parcels can be sent in: one has no topic id to be sent by. */
export function versionMaxOf(parcels: readonly Parcel[], sessionMax: number | undefined): number | undefined {
  const hasIds = parcels.every(({ topicId }) => topicId !== ZERO_UUID)
  return hasIds ? sessionMax : Math.min(TOPIC_IDS_SINCE - 1, sessionMax ?? TOPIC_IDS_SINCE - 1)
}

/** One request for all parcels: a topic once, its partitions below it. The batches' bytes are not copied. */
export function produceDraft(
  parcels: readonly Parcel[],
  version: number,
  head: { readonly transactionalId: string | null; readonly acks: number; readonly timeoutMs: number },
): ProduceDraft {
  const topics = new Map<string, TopicDraft & { partitionData: TopicDraft['partitionData'][number][] }>()
  for (const { batch, topicId, bytes } of parcels) {
    let topic = topics.get(batch.topic)
    if (topic === undefined) {
      topic =
        version >= TOPIC_IDS_SINCE ? { topicId, partitionData: [] } : { name: batch.topic, partitionData: [] }
      topics.set(batch.topic, topic)
    }
    topic.partitionData.push({ index: batch.partition, records: bytes })
  }
  const { transactionalId, acks, timeoutMs } = head
  const topicData = [...topics.values()]
  // Before v3 there is no place for a transactional id, and no transactional batch either.
  return version >= 3 ? { transactionalId, acks, timeoutMs, topicData } : { acks, timeoutMs, topicData }
}
