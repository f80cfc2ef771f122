import { Consumer, type Outside, Producer, serdes } from 'samsa'

export interface Order {
  readonly id: string
  readonly drink: string
}

export interface Served {
  readonly orderId: string
  readonly drink: string
}

/**
 * Reads orders and writes what was served, one record for each. An order is committed once its drink is served: after a
 * crash it may be served again, but none is forgotten.
 */
export class Kitchen {
  readonly #consumer: Consumer<string, Order>
  readonly #producer: Producer<string, Served>
  #running: Promise<void> | undefined

  /** `outside` is empty in production; tests give what reaches their embedded broker. */
  constructor(bootstrapServers: string, outside: Outside = {}) {
    const brokers = { 'bootstrap.servers': bootstrapServers }
    const group = { 'group.id': 'kitchen', 'auto.offset.reset': 'earliest', 'enable.auto.commit': false }
    this.#consumer = new Consumer(
      { ...brokers, ...group },
      { ...outside, key: serdes.string, value: serdes.json<Order>() },
    )
    this.#producer = new Producer(brokers, { ...outside, key: serdes.string, value: serdes.json<Served>() })
  }

  open(): void {
    this.#consumer.subscribe(['orders'])
    this.#running = this.#consumer.run({
      eachRecord: async record => {
        if (record.value !== null) await this.#serve(record.value)
        await this.#consumer.commitRecord(record)
      },
    })
  }

  async close(): Promise<void> {
    await this.#consumer.close()
    await this.#running
    await this.#producer.close()
  }

  async #serve({ id, drink }: Order): Promise<void> {
    await this.#producer.send({ topic: 'served', key: id, value: { orderId: id, drink } })
  }
}
