import { Consumer, Producer } from '@samsa/client'
import type { ClientUnderTest } from './client-under-test.ts'

/** The client of this repository. */
export const samsaClient: ClientUnderTest = {
  async producer(bootstrap, manner) {
    const producer = new Producer({
      'bootstrap.servers': bootstrap,
      acks: 'all',
      'linger.ms': manner === 'prompt' ? 0 : 5,
    })
    return {
      send: (topic, value) => producer.send({ topic, value }),
      sendMany: (topic, values) => producer.sendAll(values.map(value => ({ topic, value }))),
      close: () => producer.close(),
    }
  },

  async consume(bootstrap, topic, group, onValue) {
    const consumer = new Consumer({
      'bootstrap.servers': bootstrap,
      'group.id': group,
      'auto.offset.reset': 'earliest',
    })
    consumer.subscribe([topic])
    const reading = read(consumer, onValue)
    return async () => {
      await consumer.close()
      await reading
    }
  },
}

async function read(consumer: Consumer, onValue: (value: Uint8Array) => void): Promise<void> {
  for await (const { records } of consumer.batches()) {
    for (const { value } of records) onValue(value!)
  }
}
