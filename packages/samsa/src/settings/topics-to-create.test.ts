import { describe, expect, it } from 'vitest'
import { topicsToCreate } from './topics-to-create.ts'

describe('KAFKA_CREATE_TOPICS', () => {
  it('names topics with partitions, replicas and a cleanup policy', () => {
    expect(topicsToCreate({ KAFKA_CREATE_TOPICS: 'orders:3:1, "state:1:1:compact"' })).toEqual([
      { name: 'orders', partitions: 3, replicas: 1, configs: {} },
      { name: 'state', partitions: 1, replicas: 1, configs: { 'cleanup.policy': 'compact' } },
    ])
  })

  it('is empty when it is not set', () => {
    expect(topicsToCreate({})).toEqual([])
    expect(topicsToCreate({ KAFKA_CREATE_TOPICS: ' ' })).toEqual([])
  })

  it.each([
    [';', 'a:1:1;b:2:1'],
    ["$'\\n'", 'a:1:1\nb:2:1\n'],
    ['\\n', 'a:1:1\nb:2:1'],
  ])('takes another separator: %s', (separator, text) => {
    const topics = topicsToCreate({ KAFKA_CREATE_TOPICS: text, KAFKA_CREATE_TOPICS_SEPARATOR: separator })
    expect(topics.map(({ name }) => name)).toEqual(['a', 'b'])
  })

  it.each(['orders', 'orders:x:1', 'orders:0:1', 'or ders:1:1', 'orders:1:1:forever'])('refuses %s', part => {
    expect(() => topicsToCreate({ KAFKA_CREATE_TOPICS: part })).toThrow(
      `KAFKA_CREATE_TOPICS: '${part}' is not a topic. Write name:partitions:replicas or name:partitions:replicas:compact, separated by commas.`,
    )
  })
})
