import { once } from 'node:events'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { ClientUnderTest } from './client-under-test.ts'

interface Confluent {
  Producer: new (options: object) => RawProducer
  KafkaConsumer: new (options: object, topicOptions: object) => RawConsumer
}

interface Emitter extends NodeJS.EventEmitter {
  connect(options: object): void
  disconnect(): void
}

interface RawProducer extends Emitter {
  produce(topic: string, partition: null, value: Uint8Array, key: null, timestamp: null, opaque: object): void
  setPollInBackground(isOn: boolean): void
}

interface RawConsumer extends Emitter {
  subscribe(topics: string[]): void
  consume(count: number, done: (error: Error | null, messages: { readonly value: Buffer }[]) => void): void
  setDefaultConsumeTimeout(ms: number): void
}

/** Who waits for a delivery report: one of several records, or a record. */
interface Waiting {
  left: number
  resolve(): void
  reject(error: Error): void
}

const CONSUMED_AT_ONCE = 1000
const QUEUE_FULL = -184

/**
 * @confluentinc/kafka-javascript, librdkafka's binding: through its API of callbacks, which is faster than the one of
 * promises that imitates kafkajs.
 */
export function confluentClient(folder: string): ClientUnderTest {
  const load = createRequire(join(folder, 'package.json'))
  const { Producer, KafkaConsumer } = load('@confluentinc/kafka-javascript') as Confluent
  return {
    async producer(bootstrap, manner) {
      const producer = new Producer({
        'bootstrap.servers': bootstrap,
        acks: 'all',
        'linger.ms': manner === 'prompt' ? 0 : 5,
        dr_cb: true,
      })
      await connected(producer)
      producer.setPollInBackground(true)
      producer.on('delivery-report', (error: Error | null, report: { opaque: Waiting }) => {
        const waiting = report.opaque
        if (error !== null) waiting.reject(error)
        else if (--waiting.left === 0) waiting.resolve()
      })
      return {
        send: (topic, value) => sendMany(producer, topic, [value]),
        sendMany: (topic, values) => sendMany(producer, topic, values),
        close: () => disconnected(producer),
      }
    },

    async consume(bootstrap, topic, group, onValue) {
      const consumer = new KafkaConsumer(
        { 'bootstrap.servers': bootstrap, 'group.id': group, 'fetch.wait.max.ms': 500 },
        { 'auto.offset.reset': 'earliest' },
      )
      await connected(consumer)
      consumer.setDefaultConsumeTimeout(1)
      consumer.subscribe([topic])
      let isOver = false
      const more = () => {
        consumer.consume(CONSUMED_AT_ONCE, (error, messages) => {
          if (isOver) return
          if (error !== null) throw error
          for (const { value } of messages) onValue(value)
          if (messages.length > 0) setImmediate(more)
          else setTimeout(more, 0)
        })
      }
      more()
      return () => {
        isOver = true
        return disconnected(consumer)
      }
    },
  }
}

function sendMany(producer: RawProducer, topic: string, values: readonly Uint8Array[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const waiting: Waiting = { left: values.length, resolve, reject }
    produceFrom(producer, topic, values, 0, waiting)
  })
}

/** Its queue has room for 100,000 records: where it is full, the rest is tried again soon. */
function produceFrom(
  producer: RawProducer,
  topic: string,
  values: readonly Uint8Array[],
  from: number,
  waiting: Waiting,
): void {
  let at = from
  try {
    for (; at < values.length; at++) producer.produce(topic, null, values[at]!, null, null, waiting)
  } catch (error) {
    if ((error as { code?: number }).code !== QUEUE_FULL) throw error
    const rest = at
    setTimeout(() => produceFrom(producer, topic, values, rest, waiting), 1)
  }
}

async function connected(client: Emitter): Promise<void> {
  client.connect({})
  await once(client, 'ready')
}

async function disconnected(client: Emitter): Promise<void> {
  const over = once(client, 'disconnected')
  client.disconnect()
  await over
}
