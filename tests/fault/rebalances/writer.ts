import { setTimeout as sleep } from 'node:timers/promises'
import { silentLogger } from '@samsa/base'
import { Producer, serdes } from '@samsa/client'

/** Writes 0, 1, 2 … to each partition, and goes on through whatever happens to the broker. */
export class Writer {
  /** Records acknowledged, by partition: being alone, number and offset are the same. */
  readonly acknowledged: number[]
  readonly #topic: string
  readonly #producer: Producer<string, string>
  readonly #sent: number[]
  readonly #running: Promise<void>
  #failure: Error | undefined
  #isOver = false

  constructor(bootstrap: string, topic: string, partitions: number) {
    this.#topic = topic
    this.acknowledged = new Array<number>(partitions).fill(0)
    this.#sent = new Array<number>(partitions).fill(0)
    this.#producer = new Producer(
      { 'bootstrap.servers': bootstrap },
      { key: serdes.string, value: serdes.string, logger: silentLogger },
    )
    this.#running = this.#run()
  }

  /** Sends no more, and waits until all that was sent is acknowledged. Throws when something could not be. */
  async end(): Promise<void> {
    this.#isOver = true
    await this.#running
    await this.#producer.close()
    if (this.#failure !== undefined) throw this.#failure
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      for (const partition of this.#sent.keys()) this.#send(partition)
      await this.#producer.ready()
      await sleep(10)
    }
  }

  #send(partition: number): void {
    const number = this.#sent[partition]!++
    this.#producer.send({ topic: this.#topic, partition, value: String(number) }).then(
      ({ offset }) => {
        if (offset !== number) this.#failure ??= new Error(`number ${number} was stored at ${offset}`)
        this.acknowledged[partition]!++
      },
      error => {
        this.#failure ??= error
      },
    )
  }
}
