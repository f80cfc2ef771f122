import type { KafkaError, Producer } from '@samsa/client'
import { type Io, exitCodes, signalExitCodes } from '../command/command.ts'
import { javaNameOf, messageOf } from '../command/java-name.ts'
import { kafkaTool } from '../command/kafka-tool.ts'
import { type OptionsOf, integer, text } from '../command/options.ts'
import { clientEntries } from '../connect.ts'
import { givenEntries } from '../console/client-entries.ts'
import { javaDouble } from '../console/java-numbers.ts'
import { StopRequest } from '../console/stop-signal.ts'
import { exclusive, presentValue } from '../perf/deprecated-option.ts'
import { Throttle } from '../perf/throttle.ts'
import { printEvent, printEventWithDouble } from '../verifiable/event.ts'
import { verifiableOptions, verifiableUsageText } from '../verifiable/verifiable-options.ts'

const options = {
  ...verifiableOptions,
  throughput: integer({
    argument: 'count',
    about: 'How many records to send a second; -1 for as many as can be (default).',
    default: -1,
  }),
  acks: text({
    argument: 'acks',
    about: 'Who has to have a record: 0, 1, or -1 for all (default).',
    choices: ['0', '1', '-1'],
    default: '-1',
  }),
  'producer.config': text({
    argument: 'file',
    about: 'What --command-config was called.',
    isHidden: true,
  }),
  'message-create-time': integer({
    argument: 'ms',
    about: 'The timestamp of the first record, in milliseconds since the epoch (default: now).',
    default: -1,
  }),
  'value-prefix': integer({ argument: 'number', about: 'Stands before each value, with a dot.' }),
  'repeating-keys': integer({ argument: 'count', about: 'Keys count from 0 to this, and then begin again.' }),
}

type Options = OptionsOf<typeof options>
type TextProducer = Producer<string, string>

/** `kafka-verifiable-producer`: sends numbers, and prints what became of each. */
export const kafkaVerifiableProducer = kafkaTool({
  name: 'kafka-verifiable-producer',
  about: 'Send numbers that count up, and print as JSON what became of each.',
  style: 'verbs',
  options,
  helpsBare: true,
  usageText: verifiableUsageText('kafka-verifiable-producer'),
  examples: [
    ['kafka-verifiable-producer --bootstrap-server localhost:9092 --topic t --max-messages 100', '0 to 99.'],
  ],
  async run(given, io) {
    const { Producer, producerConfig } = await import('@samsa/client')
    const configFile = presentValue<string>(given, ['producer.config', 'command-config'], exclusive, io)
    const properties = {
      acks: given.acks,
      retries: '0',
      ...givenEntries({ configFile, properties: {} }, producerConfig, io),
    }
    const entries = clientEntries({ bootstrapServer: given['bootstrap-server'], properties }, io)
    const producer: TextProducer = new Producer(entries, io.outside)
    using stop = new StopRequest(io, signalExitCodes)
    const startMs = Date.now()
    const sending = new Sending(producer, given, io)
    await sending.run(stop.signal)
    await producer.close()
    printEvent(io, 'shutdown_complete')
    const { sent, acked } = sending
    const counts = { sent, acked, target_throughput: given.throughput }
    const average = javaDouble(1000 * (acked / (Date.now() - startMs)))
    printEventWithDouble(io, 'tool_data', counts, ['avg_throughput', average])
    return stop.received === undefined ? exitCodes.ok : signalExitCodes[stop.received]
  },
})

class Sending {
  sent = 0
  acked = 0
  readonly #producer: TextProducer
  readonly #given: Options
  readonly #io: Io
  readonly #startMs = Date.now()
  #createTime: number

  constructor(producer: TextProducer, given: Options, io: Io) {
    this.#producer = producer
    this.#given = given
    this.#io = io
    this.#createTime = given['message-create-time']
  }

  async run(signal: AbortSignal): Promise<void> {
    const { 'max-messages': max, throughput } = this.#given
    printEvent(this.#io, 'startup_complete')
    const throttle = new Throttle(throughput)
    const count = max < 0 ? Number.POSITIVE_INFINITY : max
    for (let index = 0; index < count && !signal.aborted; index++) {
      this.#send(index)
      if (!this.#producer.hasRoom) await this.#producer.ready()
      const wait = throttle.wait(index + 1, signal)
      if (wait !== undefined) await wait
    }
  }

  #send(index: number): void {
    const { topic, 'value-prefix': prefix, 'repeating-keys': keyCount } = this.#given
    const value = prefix === undefined ? String(index) : `${prefix}.${index}`
    const key = keyCount === undefined ? null : String(index % keyCount)
    const timestamp = this.#createTime < 0 ? undefined : this.#createTime
    // As in Kafka: it runs ahead of the clock.
    if (timestamp !== undefined) this.#createTime += Date.now() - this.#startMs
    this.sent++
    this.#producer.send({ topic, key, value, ...(timestamp !== undefined && { timestamp }) }).then(
      ({ partition, offset }) => {
        this.acked++
        printEvent(this.#io, 'producer_send_success', { key, value, offset, topic, partition })
      },
      (error: KafkaError) => {
        const exception = `class ${javaNameOf(error)}`
        printEvent(this.#io, 'producer_send_error', {
          key,
          value,
          exception,
          message: messageOf(error),
          topic,
        })
      },
    )
  }
}
