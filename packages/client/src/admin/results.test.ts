import { describe, expect, it } from 'vitest'
import { KafkaError } from '../errors.ts'
import { Results } from './results.ts'

describe('Results', () => {
  const failed = <Item>(item: Item, error: KafkaError) => new Results<Item, never>([{ item, error }])

  it('says of which item it throws where the broker gave a mere code', () => {
    const error = new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', undefined, { broker: '1 (a:9092)' })
    const topic = failed('orders', error)
    expect(() => topic.all()).toThrow(/^UNKNOWN_TOPIC_OR_PARTITION: orders: This server/)
    expect(() => topic.values()).toThrow(/: orders: /)
    expect(() => topic.get('orders')).toThrow(
      expect.objectContaining({ code: error.code, retry: error.retry, broker: error.broker, cause: error }),
    )
    expect(() => failed({ topic: 'orders', partition: 3 }, error).all()).toThrow(/: orders-3: /)
    expect(() => failed({ type: 'topic', name: 'a' }, error).all()).toThrow(/: type topic, name a: /)
  })

  it("throws the error as it is where it has the broker's own words, and leaves what is looked at alone", () => {
    const told = new KafkaError('INVALID_CONFIG', "'retention' is not a configuration key.")
    expect(() => failed('orders', told).all()).toThrow(told)
    const bare = new KafkaError('NOT_CONTROLLER')
    expect(failed('orders', bare).errorOf('orders')).toBe(bare)
  })
})
