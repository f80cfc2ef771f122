import type { EncodableRecord } from './batch.ts'
import type { BulkPlace } from './batch.ts'
import type { RecordDelivery } from './delivery.ts'
import type { Lane } from './lane.ts'
import type { TopicView } from './partitioner/partitioner.ts'

/** A record that cannot be written yet: for metadata, for room in the buffer, for its serializer, or for those before it. */
export interface WaitingRecord {
  /** In the order in which the producer was given them. */
  readonly ordinal: number
  /** When it is given up, on the monotonic clock. */
  readonly deadlineMs: number
  readonly partition: number | undefined
  readonly target: RecordDelivery | BulkPlace
  /** Undefined while it is being serialized. */
  record: EncodableRecord | undefined
  /** Fresh metadata was asked for because there was no such partition. */
  wasRefreshed: boolean
}

/** What a writer needs to know of the outside to answer its partitioner. */
export interface TopicOutlook {
  isAvailable(topic: string, partition: number): boolean
}

/** A topic records are written to: its partitions' lanes, and the records that wait for one. */
export class TopicWriter implements TopicView {
  readonly name: string
  /** 0 while nothing is known of the topic. */
  partitionCount = 0
  readonly lanes: Lane[] = []
  /** In order: nothing overtakes. */
  readonly waiting: WaitingRecord[] = []
  isAskingMetadata = false
  lastUsedMs: number
  readonly #outlook: TopicOutlook

  constructor(name: string, nowMs: number, outlook: TopicOutlook) {
    this.name = name
    this.lastUsedMs = nowMs
    this.#outlook = outlook
  }

  get isIdle(): boolean {
    return this.waiting.length === 0 && this.lanes.every(lane => lane.isIdle)
  }

  isAvailable(partition: number): boolean {
    return this.#outlook.isAvailable(this.name, partition)
  }

  queuedBytes(partition: number): number {
    return this.lanes[partition]?.queuedBytes ?? 0
  }
}
