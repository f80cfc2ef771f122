/** A Kafka client for Node.js, as the harness uses it: each in the way its own documentation shows for speed. */
export interface ClientUnderTest {
  /** Opens a producer with acks=all; everything else as the client has it by default. */
  producer(bootstrap: string, manner: ProducerManner): Promise<ProducerUnderTest>
  /**
   * Reads a topic of one's own group from its beginning, and tells of each value. Resolves when it is connected; the
   * function it resolves to stops and disconnects.
   */
  consume(
    bootstrap: string,
    topic: string,
    group: string,
    onValue: (value: Uint8Array) => void,
  ): Promise<() => Promise<void>>
}

/** What the producer is going to be asked to do: a client that has settings for it may use them. */
export type ProducerManner =
  /** Each record is waited for, or is wanted at the other end at once. */
  | 'prompt'
  /** Many records are under way. */
  | 'busy'

export interface ProducerUnderTest {
  /** One record; settles when it is stored. */
  send(topic: string, value: Uint8Array): Promise<unknown>
  /** Many records; settles when all are stored. */
  sendMany(topic: string, values: readonly Uint8Array[]): Promise<unknown>
  close(): Promise<void>
}

export const clientNames = ['samsa', 'kafkajs', 'platformatic', 'confluent'] as const
export type ClientName = (typeof clientNames)[number]

/** Loads a client; `folder` is where npm installed the foreign ones. */
export const clients: Readonly<Record<ClientName, (folder: string) => Promise<ClientUnderTest>>> = {
  samsa: async () => (await import('./samsa-client.ts')).samsaClient,
  kafkajs: async folder => (await import('./kafkajs-client.ts')).kafkajsClient(folder),
  platformatic: async folder => (await import('./platformatic-client.ts')).platformaticClient(folder),
  confluent: async folder => (await import('./confluent-client.ts')).confluentClient(folder),
}
