import { ZERO_UUID } from '@samsa/base'
import { describe, expect, it } from 'vitest'
import { refuse } from '../decision.ts'
import { keys } from '../image/keys.ts'
import { type Model, modelOf } from '../testing/fixture-image.ts'
import { testRandom } from '../testing/test-random.ts'
import { decideAdoptTopics } from './adopt-topics.ts'
import { decideCreatePartitions } from './create-partitions.ts'
import { type CreateTopicsContext, type NewTopic, decideCreateTopics } from './create-topics.ts'
import { decideDeleteTopics } from './delete-topics.ts'
import { decideRaiseLeaderEpochs } from './raise-leader-epochs.ts'

const context: CreateTopicsContext = {
  random: testRandom(1),
  defaults: { numPartitions: 3, replicationFactor: 1 },
  checkConfig: (_name, entries) => ('bad' in entries ? refuse('INVALID_CONFIG', 'bad is no key') : undefined),
  validateOnly: false,
}

function topic(name: string, rest: Partial<NewTopic> = {}): NewTopic {
  return { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [], ...rest }
}

function create(model: Model, ...topics: NewTopic[]) {
  return model.submit(decideCreateTopics(model.image, topics, context))
}

function createdError(rest: Partial<NewTopic>, brokers = [1, 2, 3]): string {
  return create(modelOf(brokers), topic('t', rest))[0]!.error
}

describe('creating topics', () => {
  it('takes defaults for -1, keeps configurations, and answers with what was made', () => {
    const model = modelOf([1])
    const configs = [{ name: 'retention.ms', value: '5' }]
    const [made] = create(model, topic('orders', { numPartitions: -1, replicationFactor: -1, configs }))
    expect(made).toMatchObject({
      error: 'NONE',
      created: { numPartitions: 3, replicationFactor: 1, configs: { 'retention.ms': '5' } },
    })
    expect(model.image.topic('orders')?.topicId).toBe(made!.created!.topicId)
    expect(model.image.topicById(made!.created!.topicId)?.partitions).toHaveLength(3)
    expect(model.image.topicConfig('orders')).toEqual({ 'retention.ms': '5' })
  })

  it('changes nothing when it only validates', () => {
    const model = modelOf([1])
    const decision = decideCreateTopics(model.image, [topic('a')], { ...context, validateOnly: true })
    expect(decision.changes).toEqual([])
    expect(decision.response[0]).toMatchObject({ error: 'NONE', created: { numPartitions: 1 } })
  })

  it('refuses names as Kafka does', () => {
    const model = modelOf([1])
    create(model, topic('a.b'), topic('plain'))
    const errors = (...names: string[]) =>
      create(model, ...names.map(name => topic(name))).map(({ error }) => error)
    expect(errors('', '.', '..', 'x'.repeat(250), 'with space', 'ünïcode', 'a/b')).toEqual(
      Array(7).fill('INVALID_TOPIC_EXCEPTION'),
    )
    expect(errors('x'.repeat(249), '...', 'A-z_0.9')).toEqual(['NONE', 'NONE', 'NONE'])
    expect(errors('a.b', 'plain')).toEqual(['TOPIC_ALREADY_EXISTS', 'TOPIC_ALREADY_EXISTS'])
    expect(create(model, topic('a_b'))[0]).toMatchObject({
      error: 'INVALID_TOPIC_EXCEPTION',
      message: "Topic 'a_b' collides with existing topic: a.b",
    })
    expect(errors('__cluster_metadata')).toEqual(['INVALID_REQUEST'])
  })

  it('forgets a collision once the other topic is deleted', () => {
    const model = modelOf([1])
    create(model, topic('a.b'))
    model.submit(decideDeleteTopics(model.image, [{ name: 'a.b', topicId: ZERO_UUID }]))
    expect(create(model, topic('a_b'))[0]?.error).toBe('NONE')
  })

  it('answers a name given twice once, and creates the others', () => {
    const model = modelOf([1])
    const made = create(model, topic('a'), topic('b'), topic('a'))
    expect(made.map(({ name, error }) => [name, error])).toEqual([
      ['b', 'NONE'],
      ['a', 'INVALID_REQUEST'],
    ])
    expect([...model.image.topics()].map(({ name }) => name)).toEqual(['b'])
  })

  it('refuses counts and factors that cannot be', () => {
    expect(createdError({ numPartitions: 0 })).toBe('INVALID_PARTITIONS')
    expect(createdError({ numPartitions: -2 })).toBe('INVALID_PARTITIONS')
    expect(createdError({ replicationFactor: 0 })).toBe('INVALID_REPLICATION_FACTOR')
    expect(createdError({ replicationFactor: 4 })).toBe('INVALID_REPLICATION_FACTOR')
    expect(createdError({}, [])).toBe('INVALID_REPLICATION_FACTOR')
    expect(createdError({ numPartitions: 2 ** 31 - 1 })).toBe('POLICY_VIOLATION')
  })

  it('follows a manual assignment, and refuses one that contradicts itself', () => {
    const manual = (assignments: NewTopic['assignments'], rest: Partial<NewTopic> = {}) =>
      createdError({ numPartitions: -1, replicationFactor: -1, assignments, ...rest })
    const at = (partitionIndex: number, ...brokerIds: number[]) => ({ partitionIndex, brokerIds })
    expect(manual([at(1, 2, 1), at(0, 1, 2)])).toBe('NONE')
    expect(manual([at(0, 1), at(2, 1)])).toBe('INVALID_REPLICA_ASSIGNMENT')
    expect(manual([at(0, 1), at(0, 1)])).toBe('INVALID_REPLICA_ASSIGNMENT')
    expect(manual([at(0, 1), at(1, 1, 2)])).toBe('INVALID_REPLICA_ASSIGNMENT')
    expect(manual([at(0, 9)])).toBe('INVALID_REPLICA_ASSIGNMENT')
    expect(manual([at(0, 1, 1)])).toBe('INVALID_REPLICA_ASSIGNMENT')
    expect(manual([at(0)])).toBe('INVALID_REPLICA_ASSIGNMENT')
    expect(manual([at(0, 1)], { numPartitions: 1 })).toBe('INVALID_REQUEST')
    expect(manual([at(0, 1)], { replicationFactor: 1 })).toBe('INVALID_REQUEST')
  })

  it('hands configurations to the judge, and refuses those without a value', () => {
    expect(createdError({ configs: [{ name: 'bad', value: '1' }] })).toBe('INVALID_CONFIG')
    expect(createdError({ configs: [{ name: 'retention.ms', value: null }] })).toBe('INVALID_CONFIG')
    const far = Array.from({ length: 1_001 }, (_, n) => ({ name: `key-${n}`, value: '1' }))
    expect(createdError({ configs: far })).toBe('INVALID_CONFIG')
  })
})

describe('deleting topics', () => {
  it('deletes by name and by id, with configuration and states', () => {
    const model = modelOf([1])
    create(model, topic('a', { configs: [{ name: 'x', value: '1' }] }), topic('b'))
    const { topicId } = model.image.topic('a')!
    model.put(keys.partitionState(topicId, 0), { leader: -1, leaderEpoch: 1, isr: [1], partitionEpoch: 1 })
    const toDelete = [
      { name: null, topicId },
      { name: 'b', topicId: ZERO_UUID },
    ]
    const deleted = model.submit(decideDeleteTopics(model.image, toDelete))
    expect(deleted.map(({ name, error }) => [name, error])).toEqual([
      ['a', 'NONE'],
      ['b', 'NONE'],
    ])
    expect([...model.entries.withPrefix('')].map(({ key }) => key)).toEqual([keys.broker(1)])
  })

  it('refuses what is unknown, doubled or contradictory', () => {
    const model = modelOf([1])
    create(model, topic('a'), topic('b'))
    const { topicId } = model.image.topic('a')!
    const unknownId = 'u'.repeat(22)
    const errors = (...topics: [string | null, string][]) =>
      decideDeleteTopics(
        model.image,
        topics.map(([name, id]) => ({ name, topicId: id })),
      ).response.map(({ error }) => error)
    expect(errors(['c', ZERO_UUID], [null, unknownId])).toEqual([
      'UNKNOWN_TOPIC_ID',
      'UNKNOWN_TOPIC_OR_PARTITION',
    ])
    expect(errors(['a', ZERO_UUID], ['a', ZERO_UUID])).toEqual(['INVALID_REQUEST'])
    expect(errors([null, topicId], [null, topicId])).toEqual(['INVALID_REQUEST'])
    expect(errors([null, ZERO_UUID], ['a', topicId])).toEqual(['INVALID_REQUEST', 'INVALID_REQUEST'])
    expect(errors([null, topicId], ['a', ZERO_UUID])).toEqual(['INVALID_REQUEST'])
  })
})

describe('adding partitions', () => {
  function grow(count: number, assignments: number[][] | null = null) {
    const model = modelOf([1, 2])
    create(model, topic('a', { numPartitions: 2 }))
    const more = [{ name: 'a', count, assignments: assignments?.map(brokerIds => ({ brokerIds })) ?? null }]
    const [grown] = model.submit(
      decideCreatePartitions(model.image, more, { random: testRandom(2), validateOnly: false }),
    )
    return {
      error: grown!.error,
      replicas: model.image.topic('a')!.partitions.map(({ replicas }) => replicas),
    }
  }

  it('keeps the partitions there are and places the new ones', () => {
    expect(grow(5)).toMatchObject({ error: 'NONE', replicas: { length: 5 } })
    expect(grow(4, [[2], [1]])).toMatchObject({ error: 'NONE' })
    expect(grow(4, [[2], [1]]).replicas.slice(2)).toEqual([[2], [1]])
  })

  it('refuses fewer, as many, too many, and wrong assignments', () => {
    expect(grow(2).error).toBe('INVALID_PARTITIONS')
    expect(grow(1).error).toBe('INVALID_PARTITIONS')
    expect(grow(-1).error).toBe('INVALID_PARTITIONS')
    expect(grow(2 ** 31 - 1).error).toBe('POLICY_VIOLATION')
    expect(grow(3, [[1], [2]]).error).toBe('INVALID_REPLICA_ASSIGNMENT')
    expect(grow(3, [[1, 2]]).error).toBe('INVALID_REPLICA_ASSIGNMENT')
    expect(grow(3, [[7]]).error).toBe('INVALID_REPLICA_ASSIGNMENT')
  })
})

describe('adopting topics found on disk', () => {
  const found = (name: string, id: string, partitionCount: number) => ({
    name,
    topicId: id.repeat(22),
    partitionCount,
    configs: {},
    leaderEpochs: [undefined, 7],
  })

  it('takes in unknown topics, extends known ones, and leaves strays alone', () => {
    const model = modelOf([1])
    const adopt = (...topics: ReturnType<typeof found>[]) =>
      model.submit(decideAdoptTopics(model.image, topics, 1)).map(({ outcome }) => outcome)
    expect(adopt(found('a', 'a', 2), found('b', 'b', 1))).toEqual(['adopted', 'adopted'])
    expect(adopt(found('a', 'a', 2), found('b', 'b', 3))).toEqual(['known', 'extended'])
    expect(adopt(found('a', 'x', 9), found('c', 'b', 1), found('no good', 'y', 1))).toEqual([
      'stray',
      'stray',
      'stray',
    ])
    expect(model.image.topic('b')?.partitions.map(({ replicas }) => replicas)).toEqual([[1], [1], [1]])
    expect(model.image.topic('b')?.partitions.map(({ leaderEpoch }) => leaderEpoch)).toEqual([0, 7, 0])
  })
})

describe('raising leader epochs', () => {
  it('changes the wanted partitions that the broker leads, and no others', () => {
    const model = modelOf([1, 2])
    create(model, topic('a', { numPartitions: 3 }), topic('b'))
    const leaders = model.image.topic('a')!.partitions.map(({ leader }) => leader)
    const raise = () =>
      model.submit(
        decideRaiseLeaderEpochs(
          model.image,
          [
            { topic: 'a', partitions: [0, 1, 7] },
            { topic: 'gone', partitions: [0] },
          ],
          1,
        ),
      )
    const count = leaders.slice(0, 2).filter(leader => leader === 1).length
    expect(count).toBeGreaterThan(0)
    expect([raise(), raise()]).toEqual([count, count])
    const epochs = model.image.topic('a')!.partitions.map(({ leaderEpoch }) => leaderEpoch)
    expect(epochs).toEqual(leaders.map((leader, index) => (leader === 1 && index < 2 ? 2 : 0)))
    expect(model.image.topic('b')!.partitions[0]!.leaderEpoch).toBe(0)
  })
})
