import type { RequestDraftOf, ShareAcknowledge, ShareFetch } from '@samsa/protocol'
import type { Acknowledgements } from './acknowledgements.ts'
import { type SharePartition, keyOf, topicsOf } from './share-partition.ts'

type FetchDraft = Pick<
  RequestDraftOf<typeof ShareFetch>,
  'shareSessionEpoch' | 'topics' | 'forgottenTopicsData'
>
type AcknowledgeDraft = Pick<RequestDraftOf<typeof ShareAcknowledge>, 'shareSessionEpoch' | 'topics'>

/** Acknowledgements of one partition on their way. */
export interface Acknowledged {
  readonly partition: SharePartition
  readonly acknowledgements: Acknowledgements
}

const NEW_EPOCH = 0
const FINAL_EPOCH = -1
const LAST_EPOCH = 0x7fffffff

/**
 * What a broker remembers of a share consumer between its requests (KIP-932): the partitions it fetches. Requests
 * carry the session's epoch, which grows with each of them, and only what changed.
 *
 * A session has one request under way at a time.
 */
export class ShareSession {
  #epoch = NEW_EPOCH
  #partitions = new Map<string, SharePartition>()

  /** The broker knows nothing of it: acknowledgements have no meaning to it. */
  get isNew(): boolean {
    return this.#epoch === NEW_EPOCH
  }

  /**
   * The next fetch, of the partitions wanted. In a session that is not new, acknowledgements ride along, of these
   * partitions only: naming a partition fetches it.
   */
  fetch(wanted: readonly SharePartition[], acknowledged: readonly Acknowledged[]): FetchDraft {
    const next = new Map(wanted.map(partition => [keyOf(partition), partition]))
    const forgotten = [...this.#partitions]
      .filter(([key]) => !next.has(key))
      .map(([, partition]) => partition)
    const told = new Map(
      wanted.filter(partition => !this.#partitions.has(keyOf(partition))).map(one => [keyOf(one), one]),
    )
    const batches = new Map(
      acknowledged.map(({ partition, acknowledgements }) => [keyOf(partition), acknowledgements.batches()]),
    )
    for (const { partition } of acknowledged) told.set(keyOf(partition), partition)
    this.#partitions = next
    return {
      shareSessionEpoch: this.#epoch,
      topics: topicsOf(told.values(), partition => ({
        partitionIndex: partition.partition,
        acknowledgementBatches: batches.get(keyOf(partition)) ?? [],
      })),
      forgottenTopicsData: topicsOf(forgotten, ({ partition }) => partition),
    }
  }

  /** The next request that only acknowledges. The last one of a session ends it. */
  acknowledge(acknowledged: readonly Acknowledged[], isLast: boolean): AcknowledgeDraft {
    const list = acknowledged.map(({ partition, acknowledgements }) => ({ ...partition, acknowledgements }))
    return {
      shareSessionEpoch: isLast ? FINAL_EPOCH : this.#epoch,
      topics: topicsOf(list, ({ partition, acknowledgements }) => ({
        partitionIndex: partition,
        acknowledgementBatches: acknowledgements.batches(),
      })),
    }
  }

  /** Whether the broker fetches a partition in this session. */
  has(partition: SharePartition): boolean {
    return this.#partitions.has(keyOf(partition))
  }

  /** The broker answered: the session goes on with the next epoch. */
  advance(): void {
    this.#epoch = this.#epoch === LAST_EPOCH ? 1 : this.#epoch + 1
  }

  /** The broker knows nothing of the session any more, or may not: the next request begins a new one. */
  reset(): void {
    this.#epoch = NEW_EPOCH
    this.#partitions.clear()
  }
}
