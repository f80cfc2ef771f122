import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ClientUnderTest } from './client-under-test.ts'

interface Platformatic {
  Producer: new (options: object) => { send(request: object): Promise<unknown>; close(): Promise<void> }
  Consumer: new (
    options: object,
  ) => {
    consume(options: object): Promise<MessageStream>
    close(force: boolean): Promise<void>
  }
}

interface MessageStream {
  on(event: 'data', listener: (message: { readonly value: Buffer }) => void): void
  on(event: 'error', listener: (error: Error) => void): void
}

/** @platformatic/kafka: bulks by `send` with many messages, consuming by the stream's `data` events. */
export async function platformaticClient(folder: string): Promise<ClientUnderTest> {
  const entry = createRequire(join(folder, 'package.json')).resolve('@platformatic/kafka')
  const { Producer, Consumer } = (await import(pathToFileURL(entry).href)) as Platformatic
  const base = (bootstrap: string) => ({ clientId: 'bench', bootstrapBrokers: [bootstrap] })
  return {
    async producer(bootstrap) {
      const producer = new Producer({ ...base(bootstrap), acks: -1 })
      return {
        send: (topic, value) => producer.send({ messages: [{ topic, value }], acks: -1 }),
        sendMany: (topic, values) =>
          producer.send({ messages: values.map(value => ({ topic, value })), acks: -1 }),
        close: () => producer.close(),
      }
    },

    async consume(bootstrap, topic, groupId, onValue) {
      const consumer = new Consumer({ ...base(bootstrap), groupId })
      const options = { topics: [topic], mode: 'committed', fallbackMode: 'earliest', autocommit: true }
      const stream = await consumer.consume(options)
      stream.on('error', error => {
        throw error
      })
      stream.on('data', ({ value }) => onValue(value))
      return () => consumer.close(true)
    },
  }
}
