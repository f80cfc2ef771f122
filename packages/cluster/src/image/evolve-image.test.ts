import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Change, Operation } from '../store/metadata-store.ts'
import { Model, contentOf } from '../testing/fixture-image.ts'
import { evolveImage } from './evolve-image.ts'
import { keys } from './keys.ts'
import { MetadataImage } from './metadata-image.ts'

const names = ['a', 'a.b', 'a_b']
const ids = ['id-0000000000000000000', 'id-1111111111111111111']
const put = (key: string, value: Extract<Operation, { type: 'put' }>['value']): Operation => ({
  type: 'put',
  key,
  value,
})

/** Transactions as they occur: an id belongs to one name at a time, states only to topics that exist. */
const operation: fc.Arbitrary<(model: Model) => Operation[]> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...names), fc.constantFrom(...ids), fc.integer({ min: 1, max: 3 }))
    .map(([name, topicId, count]) => (model: Model): Operation[] => {
      const owner = model.image.topicById(topicId)
      if (owner !== undefined && owner.name !== name) return []
      const assignment = Array.from({ length: count }, () => [1, 2])
      return [put(keys.topic(name), { topicId, assignment })]
    }),
  fc.constantFrom(...names).map(name => (model: Model): Operation[] => {
    const topic = model.image.topic(name)
    if (topic === undefined) return []
    return [
      { type: 'delete', key: keys.topic(name) },
      { type: 'deletePrefix', prefix: keys.partitionStatesOf(topic.topicId) },
    ]
  }),
  fc
    .tuple(fc.constantFrom(...names), fc.nat(2), fc.nat(5))
    .map(([name, partition, leaderEpoch]) => (model: Model): Operation[] => {
      const topic = model.image.topic(name)
      if (topic === undefined || partition >= topic.partitions.length) return []
      const key = keys.partitionState(topic.topicId, partition)
      if (leaderEpoch === 0) return [{ type: 'delete', key }]
      return [put(key, { leader: 2, leaderEpoch, isr: [2], partitionEpoch: leaderEpoch })]
    }),
  fc
    .tuple(fc.constantFrom(...names), fc.dictionary(fc.string(), fc.string(), { maxKeys: 2 }))
    .map(([name, value]) => () => [put(keys.config({ type: 'topic', name }), value)]),
  fc.constantFrom(
    (): Operation[] => [put(keys.producerIds, { next: 2000, brokerId: 1 })],
    (): Operation[] => [put(keys.broker(1), { endpoints: [], rack: null, fenced: false })],
    (): Operation[] => [{ type: 'delete', key: keys.broker(1) }],
    (): Operation[] => [put('unknown/key', 1)],
  ),
)

describe('the image', () => {
  it('is the same whether it followed every change or was read at once', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), operations => {
        const model = new Model()
        for (const make of operations) model.apply([{ conditions: [], operations: make(model) }])
        const restarted = contentOf(model.restarted())
        // A topic that shrank and grew again has forgotten the states of the partitions it lost, a restart has not:
        // topics never shrink, so only runs without that are compared.
        fc.pre(!shrank(operations))
        expect(contentOf(model.image)).toEqual(restarted)
      }),
    )
  })

  it('is the same whether changes came one by one or together', () => {
    const model = new Model()
    const changes: Change[] = []
    const topic = { topicId: ids[0]!, assignment: [[1]] }
    const steps: Operation[][] = [
      [put(keys.topic('a'), topic)],
      [put(keys.partitionState(ids[0]!, 0), { leader: -1, leaderEpoch: 3, isr: [1], partitionEpoch: 4 })],
      [put(keys.config({ type: 'topic', name: 'a' }), { 'retention.ms': '1' })],
      [
        { type: 'delete', key: keys.topic('a') },
        { type: 'deletePrefix', prefix: keys.partitionStatesOf(ids[0]!) },
      ],
      [put(keys.topic('a'), { ...topic, topicId: ids[1]! })],
    ]
    for (const operations of steps) {
      model.apply([{ conditions: [], operations }])
      const events = operations.map(operation =>
        operation.type === 'put'
          ? { type: 'put' as const, entry: model.entries.get(operation.key)! }
          : {
              type: 'delete' as const,
              key: operation.type === 'delete' ? operation.key : keys.partitionState(ids[0]!, 0),
            },
      )
      changes.push({ revision: model.revision, events })
    }
    const { image, delta } = evolveImage(MetadataImage.empty, changes)
    expect(contentOf(image)).toEqual(contentOf(model.image))
    expect(delta.topics.map(({ name, before, after }) => [name, before?.topicId, after?.topicId])).toEqual([
      ['a', undefined, ids[1]],
    ])
  })

  it('stays as it was for a reader who holds it', () => {
    const model = new Model().put(keys.topic('a'), { topicId: ids[0]!, assignment: [[1]] })
    const held = model.image
    model.put(keys.topic('a'), { topicId: ids[0]!, assignment: [[1], [1]] }).put(keys.clusterId, 'c')
    expect(held.topic('a')?.partitions).toHaveLength(1)
    expect(held.clusterId).toBeUndefined()
    expect(model.image.topicById(ids[0]!)?.partitions).toHaveLength(2)
    expect(model.image.partitionCount).toBe(2)
  })

  it('derives leader, epoch and in-sync replicas from the assignment until a state says otherwise', () => {
    const model = new Model().put(keys.topic('a'), {
      topicId: ids[0]!,
      assignment: [
        [2, 1],
        [1, 2],
      ],
    })
    expect(model.image.partition('a', 0)).toMatchObject({ leader: 2, leaderEpoch: 0, isr: [2, 1] })
    model.put(keys.partitionState(ids[0]!, 0), { leader: 1, leaderEpoch: 1, isr: [1], partitionEpoch: 1 })
    expect(model.image.partition('a', 0)).toMatchObject({
      leader: 1,
      leaderEpoch: 1,
      isr: [1],
      replicas: [2, 1],
    })
    model.put(keys.topic('a'), {
      topicId: ids[0]!,
      assignment: [
        [2, 1],
        [1, 2],
        [2, 1],
      ],
    })
    expect(model.image.partition('a', 0)).toMatchObject({ leader: 1, leaderEpoch: 1 })
    expect(model.image.partition('a', 2)).toMatchObject({ leader: 2, leaderEpoch: 0 })
  })

  it('names the key whose value is none', () => {
    const model = new Model()
    expect(() => model.put(keys.topic('a'), { topicId: 'x', assignment: [[]] })).toThrow(/topics\/a/)
    expect(() => model.put(keys.config({ type: 'group', name: 'g/1' }), { a: 1 })).toThrow(
      /configs\/group\/g\/1/,
    )
  })
})

function shrank(operations: readonly ((model: Model) => Operation[])[]): boolean {
  const model = new Model()
  for (const make of operations) {
    const before = new Map(names.map(name => [name, model.image.topic(name)]))
    model.apply([{ conditions: [], operations: make(model) }])
    for (const [name, topic] of before) {
      const now = model.image.topic(name)
      if (topic === undefined || now === undefined) continue
      if (topic.topicId !== now.topicId || now.partitions.length < topic.partitions.length) return true
    }
  }
  return false
}
