import type { ShareConsumer } from '@samsa/client'
import { type Io, exitCodes, signalExitCodes } from '../command/command.ts'
import { kafkaTool } from '../command/kafka-tool.ts'
import { type OptionsOf, flag, integer, text } from '../command/options.ts'
import { clientEntries } from '../connect.ts'
import { givenEntries } from '../console/client-entries.ts'
import { keyValuesOf } from '../console/key-values.ts'
import { StopRequest } from '../console/stop-signal.ts'
import { readingOptions, readingSettings } from '../perf/consumer-perf-options.ts'
import { Consumption, four, shortfallWarning } from '../perf/consumption.ts'
import { dateFormat } from '../perf/date-format.ts'
import { metricsTable } from '../perf/metrics-table.ts'
import { requireOptions } from './option-rules.ts'

const options = {
  ...readingOptions,
  group: text({
    argument: 'id',
    about: 'The share group to read as (default: perf-share-consumer).',
    default: 'perf-share-consumer',
  }),
  threads: integer({
    argument: 'count',
    about: 'How many share consumers share the work (default: 1).',
    default: 1,
  }),
  'show-consumer-stats': flag({ about: 'Print at the end what each share consumer has read.' }),
}

type Options = OptionsOf<typeof options>

const POLL_MS = 100

/** `kafka-share-consumer-perf-test`: how fast a share group reads records. */
export const kafkaShareConsumerPerfTest = kafkaTool({
  name: 'kafka-share-consumer-perf-test',
  about: 'Read records as a share group, and print how fast it was.',
  style: 'plain',
  options,
  examples: [
    [
      'kafka-share-consumer-perf-test --topic t --num-records 1000000 --threads 4 --show-consumer-stats',
      'A million records by four consumers.',
    ],
  ],
  async run(given, io) {
    requireOptions(given, ['topic'])
    const { recordCount, configFile } = readingSettings(given, io)
    const format = dateFormat(given['date-format'])
    const { ShareConsumer, shareConsumerConfig } = await import('@samsa/client')
    const stated = { configFile, properties: keyValuesOf(given['command-property']) }
    const properties = {
      'client.id': 'perf-share-consumer-client',
      ...givenEntries(stated, shareConsumerConfig, io),
      'group.id': given.group,
      'receive.buffer.bytes': String(given['socket-buffer-size']),
      'fetch.max.bytes': String(given['fetch-size']),
      'check.crcs': 'false',
    }
    const entries = clientEntries({ bootstrapServer: given['bootstrap-server'], properties }, io)
    if (!given['hide-header']) {
      io.print(
        'start.time, end.time, data.consumed.in.MB, MB.sec, nMsg.sec, data.consumed.in.nMsg, fetch.time.ms\n',
      )
    }
    const clientIds = clientIdsOf(entries['client.id']!, given.threads)
    const consumers = clientIds.map(id => new ShareConsumer({ ...entries, 'client.id': id }, io.outside))
    using stop = new StopRequest(io, signalExitCodes)
    const test = new Test(given, recordCount, clientIds, format, io)
    try {
      await test.run(consumers, stop.signal)
    } finally {
      await Promise.all(consumers.map(consumer => consumer.close()))
    }
    return stop.received === undefined ? exitCodes.ok : signalExitCodes[stop.received]
  },
})

/** Several consumers number their names. */
function clientIdsOf(id: string, count: number): string[] {
  return count === 1 ? [id] : Array.from({ length: count }, (_, index) => `${id}-${index + 1}`)
}

class Test {
  readonly #given: Options
  readonly #recordCount: number
  readonly #clientIds: readonly string[]
  readonly #format: (ms: number) => string
  readonly #io: Io
  #startMs = 0
  #readCount = 0

  constructor(
    given: Options,
    recordCount: number,
    clientIds: readonly string[],
    format: (ms: number) => string,
    io: Io,
  ) {
    this.#given = given
    this.#recordCount = recordCount
    this.#clientIds = clientIds
    this.#format = format
    this.#io = io
  }

  async run(consumers: readonly ShareConsumer[], signal: AbortSignal): Promise<void> {
    this.#startMs = Date.now()
    for (const consumer of consumers) consumer.subscribe([this.#given.topic!])
    const read = await Promise.all(
      consumers.map((consumer, index) => this.#readWith(consumer, index + 1, signal)),
    )
    const endMs = Date.now()
    if (this.#given['show-consumer-stats']) {
      read.forEach((one, index) => {
        const who = `Share consumer ${index + 1} having client id ${this.#clientIds[index]} consumption metrics- `
        this.#io.print(`${who}${this.#columns(one, endMs)}\n`)
      })
    }
    if (this.#readCount < this.#recordCount && !signal.aborted) {
      this.#io.print(shortfallWarning(this.#given.timeout))
    }
    const metrics = this.#given['print-metrics'] ? consumers.map(consumer => consumer.metrics()) : []
    await Promise.all(consumers.map(consumer => consumer.commit()))
    const all = { recordCount: 0, megabytes: 0 }
    for (const { recordCount, megabytes } of read) {
      all.recordCount += recordCount
      all.megabytes += megabytes
    }
    this.#io.print(`${this.#columns(all, endMs)}\n`)
    for (const table of metrics) this.#io.print(metricsTable(table))
  }

  async #readWith(consumer: ShareConsumer, index: number, signal: AbortSignal): Promise<Consumption> {
    const read = new Consumption()
    let lastMs = Date.now()
    while (
      this.#readCount < this.#recordCount &&
      Date.now() - lastMs <= this.#given.timeout &&
      !signal.aborted
    ) {
      const records = await consumer.poll({ timeoutMs: POLL_MS })
      if (records.length === 0) continue
      lastMs = Date.now()
      read.add(records)
      this.#readCount += records.length
      const interval = read.interval(lastMs, this.#given['reporting-interval'])
      if (interval === undefined || !this.#given['show-detailed-stats']) continue
      const { startMs, endMs, recordCount, megabytes } = interval
      const seconds = (endMs - startMs) / 1000
      const columns = [
        this.#format(startMs),
        this.#format(endMs),
        four(read.megabytes),
        four(megabytes / seconds),
        four(recordCount / seconds),
        read.recordCount,
        endMs - startMs,
      ]
      this.#io.print(`${columns.join(', ')} for share consumer ${index}\n`)
    }
    return read
  }

  #columns({ recordCount, megabytes }: { recordCount: number; megabytes: number }, endMs: number): string {
    const ms = endMs - this.#startMs
    return [
      this.#format(this.#startMs),
      this.#format(endMs),
      four(megabytes),
      four(megabytes / (ms / 1000)),
      four(recordCount / (ms / 1000)),
      recordCount,
      ms,
    ].join(', ')
  }
}
