import type { Consumer } from '@samsa/client'
import { FailedError, type Io, exitCodes, signalExitCodes } from '../command/command.ts'
import { kafkaTool } from '../command/kafka-tool.ts'
import { type OptionsOf, flag, text } from '../command/options.ts'
import { clientEntries } from '../connect.ts'
import { givenEntries } from '../console/client-entries.ts'
import { IdleTimer } from '../console/idle-timer.ts'
import { keyValuesOf } from '../console/key-values.ts'
import { StopRequest } from '../console/stop-signal.ts'
import { exactlyOne, readingOptions, readingSettings } from '../perf/consumer-perf-options.ts'
import { Consumption, type ConsumptionInterval, four, shortfallWarning } from '../perf/consumption.ts'
import { dateFormat } from '../perf/date-format.ts'
import { metricsTable } from '../perf/metrics-table.ts'

const options = {
  ...readingOptions,
  include: text({ argument: 'regex', about: 'Read all topics whose names match this regular expression.' }),
  group: text({ argument: 'id', about: 'The group to read as (default: one of its own).' }),
  'from-latest': flag({ about: 'Begin at the end, unless the group has committed offsets.' }),
}

type Options = OptionsOf<typeof options>

const EXTENDED = ', rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec'

/** `kafka-consumer-perf-test`: how fast records can be read. */
export const kafkaConsumerPerfTest = kafkaTool({
  name: 'kafka-consumer-perf-test',
  about: 'Read records as fast as can be, and print how fast it was.',
  style: 'plain',
  options,
  examples: [
    ['kafka-consumer-perf-test --topic t --num-records 1000000', 'A million records, from the oldest on.'],
    [
      'kafka-consumer-perf-test --topic t --num-records 1000000 --show-detailed-stats',
      'With a line every five seconds.',
    ],
  ],
  async run(given, io) {
    exactlyOne(given, ['topic', 'include'])
    const { recordCount, configFile } = readingSettings(given, io)
    const format = dateFormat(given['date-format'])
    const { Consumer, consumerConfig } = await import('@samsa/client')
    const stated = { configFile, properties: keyValuesOf(given['command-property']) }
    const properties = {
      'client.id': 'perf-consumer-client',
      ...givenEntries(stated, consumerConfig, io),
      'group.id': given.group ?? `perf-consumer-${Math.floor(Math.random() * 100_000)}`,
      'receive.buffer.bytes': String(given['socket-buffer-size']),
      'max.partition.fetch.bytes': String(given['fetch-size']),
      'auto.offset.reset': given['from-latest'] ? 'latest' : 'earliest',
      'check.crcs': 'false',
    }
    const entries = clientEntries({ bootstrapServer: given['bootstrap-server'], properties }, io)
    const consumer = new Consumer(entries, io.outside)
    using stop = new StopRequest(io, signalExitCodes)
    const test = new Test(consumer, given, recordCount, format, io)
    try {
      await test.run(stop.signal)
    } finally {
      await consumer.close()
    }
    test.printTotal()
    return stop.received === undefined ? exitCodes.ok : signalExitCodes[stop.received]
  },
})

class Test {
  readonly #consumer: Consumer
  readonly #given: Options
  readonly #recordCount: number
  readonly #format: (ms: number) => string
  readonly #io: Io
  readonly #read = new Consumption()
  #startMs = 0
  #endMs = 0
  #joiningSinceMs = 0
  #joinMs = 0
  #joinMsInInterval = 0
  #metrics: Record<string, number> = {}

  constructor(
    consumer: Consumer,
    given: Options,
    recordCount: number,
    format: (ms: number) => string,
    io: Io,
  ) {
    this.#consumer = consumer
    this.#given = given
    this.#recordCount = recordCount
    this.#format = format
    this.#io = io
  }

  async run(signal: AbortSignal): Promise<void> {
    const { topic, include, timeout } = this.#given
    const isDetailed = this.#given['show-detailed-stats']
    if (!this.#given['hide-header']) {
      const times = isDetailed ? 'time, threadId' : 'start.time, end.time'
      this.#io.print(`${times}, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec${EXTENDED}\n`)
    }
    this.#startMs = Date.now()
    this.#joiningSinceMs = this.#startMs
    this.#consumer.subscribe(topic === undefined ? patternOf(include!) : [topic], {
      onRevoked: () => {
        this.#joiningSinceMs = Date.now()
      },
      onAssigned: () => this.#joined(),
    })
    if (this.#recordCount > 0) await this.#readAll(timeout, signal)
    this.#endMs = Date.now()
    if (this.#read.recordCount < this.#recordCount && !signal.aborted) {
      this.#io.print(shortfallWarning(timeout))
    }
    this.#metrics = this.#consumer.metrics()
  }

  async #readAll(timeoutMs: number, signal: AbortSignal): Promise<void> {
    using idle = new IdleTimer(timeoutMs)
    const end = AbortSignal.any([signal, idle.signal])
    for await (const { records } of this.#consumer.batches({ signal: end })) {
      idle.touch()
      this.#read.add(records)
      const interval = this.#read.interval(Date.now(), this.#given['reporting-interval'])
      if (interval !== undefined) this.#report(interval)
      if (this.#read.recordCount >= this.#recordCount) return
    }
  }

  #joined(): void {
    const ms = Date.now() - this.#joiningSinceMs
    this.#joinMs += ms
    this.#joinMsInInterval += ms
  }

  #report({ startMs, endMs, recordCount, megabytes }: ConsumptionInterval): void {
    const joinMs = this.#joinMsInInterval
    this.#joinMsInInterval = 0
    if (!this.#given['show-detailed-stats']) return
    const seconds = (endMs - startMs) / 1000
    const fetchMs = endMs - startMs - joinMs
    const perFetchSecond = (amount: number) => four(fetchMs <= 0 ? 0 : (1000 * amount) / fetchMs)
    const columns = [
      this.#format(endMs),
      0,
      four(this.#read.megabytes),
      four(megabytes / seconds),
      this.#read.recordCount,
      four(recordCount / seconds),
      joinMs,
      fetchMs,
      perFetchSecond(megabytes),
      perFetchSecond(recordCount),
    ]
    this.#io.print(`${columns.join(', ')}\n`)
  }

  printTotal(): void {
    const { recordCount, megabytes } = this.#read
    const seconds = (this.#endMs - this.#startMs) / 1000
    const fetchMs = this.#endMs - this.#startMs - this.#joinMs
    const columns = [
      this.#format(this.#startMs),
      this.#format(this.#endMs),
      four(megabytes),
      four(megabytes / seconds),
      recordCount,
      four(recordCount / seconds),
      this.#joinMs,
      fetchMs,
      four(megabytes / (fetchMs / 1000)),
      four(recordCount / (fetchMs / 1000)),
    ]
    if (!this.#given['show-detailed-stats']) this.#io.print(`${columns.join(', ')}\n`)
    if (this.#given['print-metrics']) this.#io.print(metricsTable(this.#metrics))
  }
}

function patternOf(include: string): RegExp {
  try {
    return new RegExp(`^(?:${include})$`)
  } catch {
    throw new FailedError(`--include: '${include}' is not a regular expression.`)
  }
}
