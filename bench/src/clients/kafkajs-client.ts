import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { ClientUnderTest } from './client-under-test.ts'

interface Kafkajs {
  Kafka: new (options: object) => { producer(): KafkajsProducer; consumer(options: object): KafkajsConsumer }
  logLevel: { NOTHING: number }
}

interface KafkajsProducer {
  connect(): Promise<void>
  send(request: object): Promise<unknown>
  disconnect(): Promise<void>
}

interface KafkajsConsumer {
  connect(): Promise<void>
  subscribe(request: object): Promise<void>
  run(options: object): Promise<void>
  disconnect(): Promise<void>
}

interface KafkajsBatch {
  readonly batch: { readonly messages: readonly { readonly value: Buffer }[] }
}

/** kafkajs: bulks by `send` with many messages, consuming by `eachBatch`. */
export function kafkajsClient(folder: string): ClientUnderTest {
  const { Kafka, logLevel } = createRequire(join(folder, 'package.json'))('kafkajs') as Kafkajs
  const open = (bootstrap: string) => new Kafka({ brokers: [bootstrap], logLevel: logLevel.NOTHING })
  return {
    async producer(bootstrap) {
      const producer = open(bootstrap).producer()
      await producer.connect()
      return {
        send: (topic, value) => producer.send({ topic, acks: -1, messages: [{ value }] }),
        sendMany: (topic, values) =>
          producer.send({ topic, acks: -1, messages: values.map(value => ({ value })) }),
        close: () => producer.disconnect(),
      }
    },

    async consume(bootstrap, topic, groupId, onValue) {
      const consumer = open(bootstrap).consumer({ groupId })
      await consumer.connect()
      await consumer.subscribe({ topic, fromBeginning: true })
      await consumer.run({
        eachBatch: async ({ batch }: KafkajsBatch) => {
          for (const { value } of batch.messages) onValue(value)
        },
      })
      return () => consumer.disconnect()
    },
  }
}
