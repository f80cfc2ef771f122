import { Consumer, Producer, serdes } from 'samsa'

/** Reads words and writes, after each, how often it came so far. Answers a function that stops it. */
export function countWords(bootstrapServers, outside = {}) {
  const brokers = { 'bootstrap.servers': bootstrapServers }
  const consumer = new Consumer(
    { ...brokers, 'group.id': 'counter', 'auto.offset.reset': 'earliest' },
    { ...outside, value: serdes.string },
  )
  const producer = new Producer(brokers, { ...outside, key: serdes.string, value: serdes.int32 })
  const counts = new Map()

  consumer.subscribe(['words'])
  const running = consumer.run({
    eachRecord: async ({ value }) => {
      const count = (counts.get(value) ?? 0) + 1
      counts.set(value, count)
      await producer.send({ topic: 'counts', key: value, value: count })
    },
  })
  return async () => {
    await consumer.close()
    await running
    await producer.close()
  }
}
