import { describe, expect, it } from 'vitest'
import { javaNameOf, javaTextOf } from './java-name.ts'

describe('an error’s name in Java', () => {
  it('is the error’s in camel case, but for those that Kafka called otherwise', () => {
    const names = (code: string) => javaNameOf({ code }).replace('org.apache.kafka.common.errors.', '')
    expect(names('UNKNOWN_TOPIC_OR_PARTITION')).toBe('UnknownTopicOrPartitionException')
    expect(names('KAFKA_STORAGE_ERROR')).toBe('KafkaStorageException')
    expect(names('INVALID_TOPIC_EXCEPTION')).toBe('InvalidTopicException')
    expect(names('TOPIC_AUTHORIZATION_FAILED')).toBe('TopicAuthorizationException')
    expect(names('REQUEST_TIMED_OUT')).toBe('TimeoutException')
  })

  it('stands before the message', () => {
    const error = Object.assign(new Error('NOT_CONTROLLER: ask another'), { code: 'NOT_CONTROLLER' })
    expect(javaTextOf(error)).toBe('org.apache.kafka.common.errors.NotControllerException: ask another')
  })
})
