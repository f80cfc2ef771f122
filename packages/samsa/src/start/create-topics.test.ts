import type { Logger } from '@samsa/base'
import type { CreatedTopic, NewTopic } from '@samsa/broker'
import { describe, expect, it } from 'vitest'
import { createTopics } from './create-topics.ts'

function loggerTo(lines: string[]): Logger {
  const at = (level: string) => (message: string) => void lines.push(`${level} ${message}`)
  const logger: Logger = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => logger,
  }
  return logger
}

const topic = (name: string, configs = {}) => ({ name, partitions: 3, replicas: 1, configs })

describe('making topics at the start', () => {
  it('asks the node itself, and says what became of each topic', async () => {
    const asked: NewTopic[] = []
    const outcomes: CreatedTopic[] = [
      { name: 'a', error: 'NONE', message: null },
      { name: 'b', error: 'TOPIC_ALREADY_EXISTS', message: "Topic 'b' already exists." },
      { name: 'c', error: 'INVALID_REPLICATION_FACTOR', message: 'There is one broker.' },
    ]
    const node = {
      async createTopics(topics: readonly NewTopic[]) {
        asked.push(...topics)
        return outcomes
      },
    }
    const lines: string[] = []
    const topics = [topic('a', { 'cleanup.policy': 'compact' }), topic('b'), topic('c')]
    await createTopics(node, topics, loggerTo(lines))
    expect(asked[0]).toEqual({
      name: 'a',
      numPartitions: 3,
      replicationFactor: 1,
      assignments: [],
      configs: [{ name: 'cleanup.policy', value: 'compact' }],
    })
    expect(lines).toEqual([
      'info KAFKA_CREATE_TOPICS: the topic a is made.',
      'info KAFKA_CREATE_TOPICS: the topic b is there already.',
      'warn KAFKA_CREATE_TOPICS: the topic c is not made: There is one broker. (INVALID_REPLICATION_FACTOR)',
    ])
  })
})
