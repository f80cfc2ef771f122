import type { Decision } from '../decision.ts'
import { keys } from '../image/keys.ts'
import type { MetadataImage } from '../image/metadata-image.ts'

/** How many producer ids a broker takes at once. */
export const PRODUCER_ID_BLOCK_SIZE = 1000

/** Producer ids from `first` on, `count` of them, that belong to the broker that asked and to nobody else, ever. */
export interface ProducerIdBlock {
  readonly first: number
  readonly count: number
}

/** Decides who gets the next block. Undefined once all ids are used up. */
export function decideAllocateProducerIds(
  image: MetadataImage,
  brokerId: number,
): Decision<ProducerIdBlock | undefined> {
  const { id: first, modRevision } = image.parts.nextProducerId
  const next = first + PRODUCER_ID_BLOCK_SIZE
  if (!Number.isSafeInteger(next)) return { changes: [], response: undefined }
  const change = {
    conditions: [{ key: keys.producerIds, modRevision }],
    operations: [{ type: 'put' as const, key: keys.producerIds, value: { next, brokerId } }],
  }
  return { changes: [change], response: { first, count: PRODUCER_ID_BLOCK_SIZE } }
}

/** Keeps ids below `next` from being given out: somebody used them before this store knew of it. */
export function decideReserveProducerIds(image: MetadataImage, next: number): Decision<void> {
  const { id, modRevision } = image.parts.nextProducerId
  if (next <= id) return { changes: [], response: undefined }
  const change = {
    conditions: [{ key: keys.producerIds, modRevision }],
    operations: [{ type: 'put' as const, key: keys.producerIds, value: { next, brokerId: -1 } }],
  }
  return { changes: [change], response: undefined }
}
