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
  const topics = new Map<string, { topic: TopicDraft; partitions: TopicDraft['partitionData'][number][] }>()
  for (const { batch, topicId, bytes } of parcels) {
    let entry = topics.get(batch.topic)
    if (entry === undefined) {
      const partitions: TopicDraft['partitionData'][number][] = []
      const name = version >= TOPIC_IDS_SINCE ? { topicId } : { name: batch.topic }
      entry = { topic: { ...name, partitionData: partitions }, partitions }
      topics.set(batch.topic, entry)
    }
    entry.partitions.push({ index: batch.partition, records: bytes })
  }
  return {
    // Before v3 there is no place for it, and no transactional batch either.
    ...(version >= 3 && { transactionalId: head.transactionalId }),
    acks: head.acks,
    timeoutMs: head.timeoutMs,
    topicData: [...topics.values()].map(({ topic }) => topic),
  }
}
