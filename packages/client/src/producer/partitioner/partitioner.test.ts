import { encodeUtf8, simulatedWorld } from '@samsa/base'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EncodableRecord } from '../batch.ts'
import { DefaultPartitioner, drawByQueue } from './default-partitioner.ts'
import { partitionOfKey } from './key-hash.ts'
import type { TopicView } from './partitioner.ts'
import { RoundRobinPartitioner } from './round-robin-partitioner.ts'

const { random } = simulatedWorld(1)
const record = (key: string | null): EncodableRecord => ({ timestamp: 0, key, value: 'v', headers: [] })

function topicOf(partitionCount: number, more: Partial<TopicView> = {}): TopicView {
  return { name: 't', partitionCount, isAvailable: () => true, queuedBytes: () => 0, ...more }
}

const options = { ignoreKeys: false, isAdaptive: true, stickyBytes: 100 }

describe("a key's partition", () => {
  // Hashes that Kafka's own tests state for these keys.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('of %s is what Java makes of it', (key, hash) => {
    for (const count of [1, 3, 7, 100]) expect(partitionOfKey(key, count)).toBe((hash & 0x7fff_ffff) % count)
  })

  it('is the same for text and its bytes, and always one of the topic', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 1000 }), (key, count) => {
        const partition = partitionOfKey(key, count)
        expect(partition).toBe(partitionOfKey(encodeUtf8(key), count))
        expect(partition).toBeGreaterThanOrEqual(0)
        expect(partition).toBeLessThan(count)
      }),
    )
  })
})

describe("Kafka's default partitioner", () => {
  it('goes by the key, unless told to ignore keys', () => {
    const partitioner = new DefaultPartitioner(options, random)
    const topic = topicOf(10)
    expect(partitioner.partition(topic, record('abc'))).toBe(partitionOfKey('abc', 10))
    const ignoring = new DefaultPartitioner({ ...options, ignoreKeys: true, stickyBytes: 1 }, random)
    const chosen = new Set<number>()
    for (let i = 0; i < 200; i++) {
      const partition = ignoring.partition(topic, record('abc'))
      ignoring.written(topic, partition, 1)
      chosen.add(partition)
    }
    expect(chosen.size).toBe(10)
  })

  it('stays with a partition until it got a batch of records without a key', () => {
    const partitioner = new DefaultPartitioner(options, random)
    const topic = topicOf(1000)
    const first = partitioner.partition(topic, record(null))
    partitioner.written(topic, first, 99)
    expect(partitioner.partition(topic, record(null))).toBe(first)
    partitioner.written(topic, first, 1)
    expect(partitioner.partition(topic, record(null))).not.toBe(first)
  })

  it('leaves out partitions that are not available, while there are others', () => {
    const partitioner = new DefaultPartitioner({ ...options, stickyBytes: 1 }, random)
    const topic = topicOf(5, { isAvailable: partition => partition === 3 })
    for (let i = 0; i < 20; i++) {
      expect(partitioner.partition(topic, record(null))).toBe(3)
      partitioner.written(topic, 3, 1)
    }
    const none = topicOf(5, { isAvailable: () => false })
    expect(new DefaultPartitioner(options, random).partition(none, record(null))).toBeLessThan(5)
  })

  it('draws by the length of queues as KIP-794 has it', () => {
    const counts = [0, 0, 0]
    for (let i = 0; i < 18_000; i++) counts[drawByQueue([0, 3, 1], random)]!++
    // Weights: 4, 1 and 3 of 8.
    expect(counts.map(count => Math.round((8 * count) / 18_000))).toEqual([4, 1, 3])
  })

  it('chooses anew when the topic has fewer partitions than before', () => {
    const partitioner = new DefaultPartitioner({ ...options, stickyBytes: 1_000_000 }, random)
    for (let i = 0; i < 20; i++) partitioner.partition(topicOf(1000), record(null))
    expect(partitioner.partition(topicOf(2), record(null))).toBeLessThan(2)
  })
})

describe('the round robin partitioner', () => {
  it('takes one partition after the other, whatever the key, but none without a leader', () => {
    const partitioner = new RoundRobinPartitioner()
    const topic = topicOf(4, { isAvailable: partition => partition !== 2 })
    expect(Array.from({ length: 7 }, () => partitioner.partition(topic))).toEqual([0, 1, 3, 0, 1, 3, 0])
  })
})
