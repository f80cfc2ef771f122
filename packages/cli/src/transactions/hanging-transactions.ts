import type { Admin, ProducerState, TopicDescription, TransactionDescription } from '@samsa/client'

/** A transaction that is open in a partition. */
export interface OpenTransaction {
  readonly topic: string
  readonly partition: number
  readonly producer: ProducerState
}

export interface HangingSearch {
  readonly topic?: string | undefined
  readonly partition?: number | undefined
  /** Only partitions that this broker holds, asked of it. */
  readonly broker?: number | undefined
  /** Transactions younger than this may still be at work, in milliseconds. */
  readonly olderThanMs: number
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** So many are asked of at once. */
const BATCH = 500

/**
 * Transactions that no coordinator will end (KIP-664): open in a partition for longer than any may be, while the
 * coordinator knows nothing of them there.
 */
export async function findHanging(admin: Admin, search: HangingSearch): Promise<OpenTransaction[]> {
  const candidates = await oldTransactions(admin, search)
  if (candidates.length === 0) return []
  const producerIds = [...new Set(candidates.map(({ producer }) => producer.producerId))]
  const listings = await admin.listTransactions({ producerIds })
  const idOf = new Map(listings.map(({ producerId, transactionalId }) => [producerId, transactionalId]))
  const described = await descriptions(admin, [...new Set(idOf.values())])
  return candidates.filter(({ topic, partition, producer }) => {
    const transaction = described.get(idOf.get(producer.producerId) ?? '')
    return !transaction?.partitions.some(one => one.topic === topic && one.partition === partition)
  })
}

async function descriptions(
  admin: Admin,
  ids: readonly string[],
): Promise<Map<string, TransactionDescription>> {
  const known = new Map<string, TransactionDescription>()
  for (const { item, value, error } of await admin.describeTransactions(ids).results()) {
    if (value !== undefined) known.set(item, value)
    else if (error.code !== 'TRANSACTIONAL_ID_NOT_FOUND') throw error
  }
  return known
}

async function oldTransactions(admin: Admin, search: HangingSearch): Promise<OpenTransaction[]> {
  const found: OpenTransaction[] = []
  for (const batch of batchesOf(await partitionsToSearch(admin, search))) {
    for (const { item, value, error } of await admin.describeProducers(batch, search).results()) {
      if (error !== undefined) throw error
      for (const producer of value) {
        const isOpen = producer.currentTransactionStartOffset !== undefined
        if (isOpen && search.now - producer.lastTimestamp > search.olderThanMs)
          found.push({ ...item, producer })
      }
    }
  }
  return found
}

async function partitionsToSearch(admin: Admin, { topic, partition, broker }: HangingSearch) {
  if (topic !== undefined && partition !== undefined) return [{ topic, partition }]
  const names =
    topic === undefined
      ? (await admin.listTopics({ includeInternal: true })).map(({ name }) => name)
      : [topic]
  const topics: TopicDescription[] = []
  for (const batch of batchesOf(names)) topics.push(...(await admin.describeTopics(batch).values()))
  return topics.flatMap(({ name, partitions }) =>
    partitions
      .filter(({ replicas }) => broker === undefined || replicas.includes(broker))
      .map(({ partition }) => ({ topic: name, partition })),
  )
}

function* batchesOf<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += BATCH) yield items.slice(at, at + BATCH)
}
