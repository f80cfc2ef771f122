import { describe, expect, it } from 'vitest'
import { decideClusterId } from './cluster/cluster-id.ts'
import { decideAllocateProducerIds, decideReserveProducerIds } from './cluster/producer-ids.ts'
import { decideRegisterBroker } from './cluster/register-broker.ts'
import { packTransactions } from './decision.ts'
import { ImageFollower } from './image-follower.ts'
import { keys } from './image/keys.ts'
import { EmbeddedMetadataStore } from './store/embedded-metadata-store.ts'
import type { MetadataStore, Transaction } from './store/metadata-store.ts'
import { MemoryJournal } from './testing/memory-journal.ts'
import { TestClock } from './testing/test-clock.ts'
import { testRandom } from './testing/test-random.ts'
import { type NewTopic, decideCreateTopics } from './topics/create-topics.ts'

async function open(journal = new MemoryJournal()) {
  const store = new EmbeddedMetadataStore({ journal, clock: new TestClock() })
  const follower = await ImageFollower.open({
    store,
    failed: error => {
      throw error
    },
  })
  return { store, follower, journal }
}

const context = {
  random: testRandom(1),
  defaults: { numPartitions: 1, replicationFactor: 1 },
  checkConfig: () => undefined,
  validateOnly: false,
}
const broker = { endpoints: [], rack: null, fenced: false }

function named(name: string): NewTopic {
  return { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
}

async function register(follower: ImageFollower, store: MetadataStore): Promise<void> {
  const lease = await store.grantLease(9000)
  expect(await follower.submit(image => decideRegisterBroker(image, 1, broker, lease))).toBe('registered')
}

describe('an image that follows a store', () => {
  it('shows a decision once it is answered, and listeners hear of it before', async () => {
    const { store, follower } = await open()
    await register(follower, store)
    const heard: string[] = []
    follower.onChange((_image, delta) => heard.push(...delta.topics.map(({ name }) => name)))
    const [made] = await follower.submit(image => decideCreateTopics(image, [named('a')], context))
    expect(heard).toEqual(['a'])
    expect(follower.image.topic('a')?.topicId).toBe(made!.created!.topicId)
  })

  it('decides anew when another decision came first', async () => {
    const { store, follower } = await open()
    await register(follower, store)
    const create = () => follower.submit(image => decideCreateTopics(image, [named('a')], context))
    const outcomes = await Promise.all([create(), create(), create()])
    expect(outcomes.map(([made]) => made!.error).sort()).toEqual([
      'NONE',
      'TOPIC_ALREADY_EXISTS',
      'TOPIC_ALREADY_EXISTS',
    ])
  })

  it('never gives a producer id out twice, also over restarts', async () => {
    const journal = new MemoryJournal()
    const firsts = new Set<number>()
    for (let start = 0; start < 3; start++) {
      const { follower, store } = await open(journal)
      const allocate = () => follower.submit(image => decideAllocateProducerIds(image, 1))
      const blocks = await Promise.all([allocate(), allocate(), allocate()])
      for (const block of blocks) firsts.add(block!.first)
      await store.close()
    }
    expect([...firsts].sort((a, b) => a - b)).toEqual(Array.from({ length: 9 }, (_, i) => i * 1000))
  })

  it('keeps ids that were used elsewhere from being given out', async () => {
    const { follower } = await open()
    await follower.submit(image => decideReserveProducerIds(image, 4711))
    await follower.submit(image => decideReserveProducerIds(image, 100))
    expect(await follower.submit(image => decideAllocateProducerIds(image, 1))).toEqual({
      first: 4711,
      count: 1000,
    })
  })

  it('keeps the cluster id it has, whatever a data directory says', async () => {
    const { follower, journal } = await open()
    const id = await follower.submit(image => decideClusterId(image, 'from-kafka', testRandom(1)))
    expect(id).toBe('from-kafka')
    const again = await open(journal)
    expect(await again.follower.submit(image => decideClusterId(image, 'other', testRandom(1)))).toBe(
      'from-kafka',
    )
  })

  it('refuses a second broker with an id, and gives each registration a larger epoch', async () => {
    const { follower, store, journal } = await open()
    await register(follower, store)
    const lease = await store.grantLease(9000)
    expect(await follower.submit(image => decideRegisterBroker(image, 1, broker, lease))).toBe('taken')
    const { epoch } = follower.image.broker(1)!
    const again = await open(journal)
    expect(again.follower.image.broker(1)).toBeUndefined()
    await register(again.follower, again.store)
    expect(again.follower.image.broker(1)!.epoch).toBeGreaterThan(epoch)
  })

  it('refuses waiting calls when it is closed', async () => {
    const { follower } = await open()
    const waiting = follower.reached(99)
    follower.close()
    await expect(waiting).rejects.toMatchObject({ code: 'CLOSED' })
  })
})

describe('packing transactions', () => {
  it('joins neighbours up to the limit and splits none', () => {
    const change = (count: number): Transaction => ({
      conditions: [],
      operations: Array.from({ length: count }, () => ({ type: 'delete', key: 'k' })),
    })
    const sizes = (...counts: number[]) =>
      packTransactions(counts.map(change), 4).map(({ operations }) => operations.length)
    expect(sizes(1, 1, 1, 1, 1)).toEqual([4, 1])
    expect(sizes(3, 2, 2)).toEqual([3, 4])
    expect(sizes(9, 1)).toEqual([9, 1])
    expect(sizes(0)).toEqual([])
  })
})

describe('ten thousand topics', () => {
  it('are made with one append, and the journal holds a record of each transaction', async () => {
    const { follower, store, journal } = await open()
    await register(follower, store)
    const before = journal.appends
    const topics = Array.from({ length: 10_000 }, (_, i) => named(`topic-${i}`))
    await follower.submit(image => decideCreateTopics(image, topics, context))
    expect(journal.appends + journal.rewrites).toBe(before + 1)
    expect(follower.image.topicCount).toBe(10_000)
    const again = await open(new MemoryJournal(journal.records))
    expect(again.follower.image.topicCount).toBe(10_000)
    expect(again.follower.image.topic('topic-77')).toEqual(follower.image.topic('topic-77'))
  })

  it('of one partition, or one topic of ten thousand, share one partition in memory', async () => {
    const { follower, store } = await open()
    await register(follower, store)
    const large = { ...named('large'), numPartitions: 10_000 }
    await follower.submit(image => decideCreateTopics(image, [large], context))
    expect(new Set(follower.image.topic('large')!.partitions).size).toBe(1)
    expect(follower.image.config({ type: 'topic', name: 'large' }).modRevision).toBe(0)
    expect(keys.topic('large')).toBe('topics/large')
  })
})
