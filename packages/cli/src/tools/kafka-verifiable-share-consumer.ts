import type { ShareConsumer, ShareRecord, TopicPartition } from '@samsa/client'
import { FailedError, type Io, exitCodes, signalExitCodes } from '../command/command.ts'
import { kafkaTool } from '../command/kafka-tool.ts'
import { type OptionsOf, flag, text } from '../command/options.ts'
import { clientEntries, openAdmin } from '../connect.ts'
import { givenEntries } from '../console/client-entries.ts'
import { StopRequest } from '../console/stop-signal.ts'
import { printEvent } from '../verifiable/event.ts'
import { verifiableOptions, verifiableUsageText } from '../verifiable/verifiable-options.ts'

const options = {
  ...verifiableOptions,
  'group-id': text({ argument: 'id', about: 'The share group to read as a member of.', isRequired: true }),
  verbose: flag({ about: 'Print each record.' }),
  'acknowledgement-mode': text({
    argument: 'mode',
    about: 'When records are acknowledged: auto (default), sync or async.',
    default: 'auto',
  }),
  'offset-reset-strategy': text({
    argument: 'strategy',
    about: 'Sets where the group begins: earliest or latest.',
    default: '',
  }),
}

type Options = OptionsOf<typeof options>
type TextConsumer = ShareConsumer<string, string>

const POLL_MS = 5000

/** `kafka-verifiable-share-consumer`: reads as a member of a share group, and prints what happens to it. */
export const kafkaVerifiableShareConsumer = kafkaTool({
  name: 'kafka-verifiable-share-consumer',
  about:
    'Read a topic as a member of a share group, and print as JSON what happens: records, acknowledgements.',
  style: 'verbs',
  options,
  helpsBare: true,
  usageText: verifiableUsageText('kafka-verifiable-share-consumer'),
  examples: [
    [
      'kafka-verifiable-share-consumer --bootstrap-server localhost:9092 --topic t --group-id g --offset-reset-strategy earliest',
      'From the oldest record on, until it is stopped.',
    ],
  ],
  async run(given, io) {
    const mode = given['acknowledgement-mode'].toLowerCase()
    if (!['auto', 'sync', 'async'].includes(mode)) {
      throw new FailedError(`--acknowledgement-mode '${mode}': use auto, sync or async.`)
    }
    const { ShareConsumer, serdes, shareConsumerConfig } = await import('@samsa/client')
    const file = { configFile: given['command-config'], properties: {} }
    const properties = { ...givenEntries(file, shareConsumerConfig, io), 'group.id': given['group-id'] }
    const entries = clientEntries({ bootstrapServer: given['bootstrap-server'], properties }, io)
    const test = new Test(given, io)
    const consumer: TextConsumer = new ShareConsumer(entries, {
      ...io.outside,
      key: serdes.string,
      value: serdes.string,
      onAcknowledged: (partition, offsets, error) => test.acknowledged(partition, offsets, error),
    })
    using stop = new StopRequest(io, signalExitCodes)
    try {
      await test.run(consumer, mode, stop.signal)
    } finally {
      await consumer.close()
      printEvent(io, 'shutdown_complete')
    }
    return stop.received === undefined ? exitCodes.ok : signalExitCodes[stop.received]
  },
})

class Test {
  readonly #given: Options
  readonly #io: Io
  #acknowledgedCount = 0

  constructor(given: Options, io: Io) {
    this.#given = given
    this.#io = io
  }

  acknowledged(
    { topic, partition }: TopicPartition,
    offsets: readonly number[],
    error: Error | undefined,
  ): void {
    const count = offsets.length
    printEvent(this.#io, 'offsets_acknowledged', {
      count,
      partitions: [{ topic, partition, count, offsets }],
      ...(error !== undefined && { error: error.message }),
      success: error === undefined,
    })
    if (error === undefined) this.#acknowledgedCount += count
  }

  async run(consumer: TextConsumer, mode: string, signal: AbortSignal): Promise<void> {
    const { topic, 'max-messages': max } = this.#given
    printEvent(this.#io, 'startup_complete')
    await this.#setStrategy()
    consumer.subscribe([topic])
    while (!signal.aborted && !(max >= 0 && this.#acknowledgedCount >= max)) {
      const records = await consumer.poll({ timeoutMs: POLL_MS, signal }).catch(unlessAborted(signal))
      if (records.length === 0) continue
      this.#tell(records)
      if (mode === 'sync') await consumer.commit()
      else if (mode === 'async') void consumer.commit().catch(() => {})
    }
  }

  async #setStrategy(): Promise<void> {
    const strategy = this.#given['offset-reset-strategy']
    if (strategy === '') return
    if (!/^(earliest|latest|by_duration:.+)$/.test(strategy)) {
      throw new FailedError(`--offset-reset-strategy '${strategy}': use earliest or latest.`)
    }
    const server = { bootstrapServer: this.#given['bootstrap-server'] }
    await using admin = await openAdmin({ ...server, configFile: this.#given['command-config'] }, this.#io)
    const group = { type: 'GROUP', name: this.#given['group-id'] } as const
    await admin.incrementalAlterConfigs([{ ...group, set: { 'share.auto.offset.reset': strategy } }])
    printEvent(this.#io, 'offset_reset_strategy_set', { offsetResetStrategy: strategy })
  }

  #tell(records: readonly ShareRecord<string, string>[]): void {
    const partitions = byPartition(records).map(some => {
      const { topic, partition } = some[0]!
      if (this.#given.verbose) {
        for (const { key, value, offset } of some) {
          printEvent(this.#io, 'record_data', { key, value, topic, partition, offset })
        }
      }
      const offsets = some.map(({ offset }) => offset).sort((one, other) => one - other)
      return { topic, partition, count: some.length, offsets }
    })
    printEvent(this.#io, 'records_consumed', { count: records.length, partitions })
  }
}

function byPartition(records: readonly ShareRecord<string, string>[]): ShareRecord<string, string>[][] {
  const found = new Map<number, ShareRecord<string, string>[]>()
  for (const record of records) {
    const some = found.get(record.partition)
    if (some === undefined) found.set(record.partition, [record])
    else some.push(record)
  }
  return [...found.values()]
}

function unlessAborted(signal: AbortSignal) {
  return (error: unknown): [] => {
    if (signal.aborted) return []
    throw error
  }
}
