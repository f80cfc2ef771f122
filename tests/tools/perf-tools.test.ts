import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ToolBroker } from './tool-broker.ts'

let broker: ToolBroker

beforeAll(async () => {
  broker = await ToolBroker.start({ topics: [{ name: 'perf', partitions: 1 }, 'words'] })
  await broker.produce('words', ['one', 'two', 'three'])
})
afterAll(() => broker[Symbol.asyncDispose]())

const number = String.raw`\d+\.\d+`
const time = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d:\d{3}`
const totals = new RegExp(
  `^(\\d+)( steady state)? records sent, ${number} records/sec \\(${number} MB/sec\\), ${number} ms avg latency, ${number} ms max latency, \\d+ ms 50th, \\d+ ms 95th, \\d+ ms 99th, \\d+ ms 99.9th\\.$`,
)
const send = () =>
  `kafka-producer-perf-test --bootstrap-server ${broker.samsa.bootstrapServers} --throughput -1 --topic`

describe('kafka-producer-perf-test', () => {
  it('sends so many records of random letters, and prints how fast that was', async () => {
    const ran = await broker.run(`${send()} perf --num-records 700 --record-size 20`)
    expect(ran).toMatchObject({ code: 0, errors: '' })
    expect(totals.exec(ran.output.trim())?.[1]).toBe('700')
    const records = await broker.samsa.records('perf', 700)
    expect(records.every(({ value }) => /^[A-Z]{20}$/.test(value as string))).toBe(true)
  })

  it('sums up what comes after a warm-up by itself', async () => {
    const ran = await broker.run(`${send()} warm --num-records 300 --warmup-records 100 --payload-monotonic`)
    const [first, ...lines] = ran.output.trim().split('\n')
    expect(first).toMatch(/^Warmup first 100 records\./)
    expect(lines.map(line => totals.exec(line)?.slice(1))).toEqual([
      ['300', undefined],
      ['200', ' steady state'],
    ])
    expect((await broker.samsa.records('warm', 300)).map(({ value }) => Number(value))).toEqual(
      Array.from({ length: 300 }, (_, index) => index),
    )
  })

  it('draws values from a file, at a rate, by the spellings before KIP-1147', async () => {
    const files = { '/values': 'a,b,', '/p.properties': 'linger.ms=0\n' }
    const ran = await broker.run(
      `${send()} drawn --num-records 9 --throughput 3000 --payload-file /values --payload-delimiter , --producer.config /p.properties --producer-props acks=1 client.id=me --print-metrics`.replace(
        '--throughput -1 ',
        '',
      ),
      { files },
    )
    expect(ran.code).toBe(0)
    expect(ran.output).toMatch(/^Reading payloads from: \/values\nNumber of records read: 2\n/)
    expect(ran.output).toContain('Option --producer.config has been deprecated')
    expect(ran.output).toMatch(/\nMetric Name +Value\n/)
    const values = (await broker.samsa.records('drawn', 9)).map(({ value }) => value)
    expect(values.every(value => value === 'a' || value === 'b')).toBe(true)
  })

  it('says which options do not go together', async () => {
    for (const [more, message] of [
      ['', 'one of the arguments --record-size --payload-file --payload-monotonic is required'],
      [
        '--record-size 1 --payload-monotonic',
        'argument --payload-monotonic: not allowed with argument --record-size',
      ],
      ['--record-size 0', '--record-size should be greater than zero.'],
      ['--record-size 1 --warmup-records 5', 'The value for --warmup-records must be strictly fewer'],
      ['--record-size 1 --reporting-interval 0', '--reporting-interval should be greater than zero.'],
      [
        '--record-size 1 --command-config a --producer.config b',
        '--command-config and --producer.config cannot be specified together.',
      ],
    ] as const) {
      const ran = await broker.run(`${send()} perf --num-records 5 ${more}`)
      expect(ran.code).toBe(1)
      expect(ran.errors).toContain(`kafka-producer-perf-test: error: ${message}`)
    }
    expect(await broker.run('kafka-producer-perf-test')).toMatchObject({ code: 0, errors: '' })
  })
})

describe('kafka-consumer-perf-test', () => {
  it('reads so many records, and prints how fast that was', async () => {
    const ran = await broker.run('kafka-consumer-perf-test --topic words --messages 3')
    expect(ran.code).toBe(0)
    const [warning, head, row] = ran.output.split('\n')
    expect(warning).toBe('Warning: --messages is deprecated. Use --num-records instead.')
    expect(head).toBe(
      'start.time, end.time, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec',
    )
    expect(row).toMatch(
      new RegExp(`^${time}, ${time}, 0.0000, ${number}, 3, ${number}, \\d+, \\d+, ${number}, ${number}$`),
    )
  })

  it('prints lines while it reads, and says when the time is up', async () => {
    const ran = await broker.run(
      "kafka-consumer-perf-test --include wor.* --num-records 4 --timeout 2000 --show-detailed-stats --reporting-interval 1 --date-format 'HH.mm'",
    )
    const [head, row, warning] = ran.output.split('\n')
    expect(head).toMatch(/^time, threadId, data\.consumed/)
    expect(row).toMatch(
      new RegExp(`^\\d\\d\\.\\d\\d, 0, 0.0000, ${number}, 3, ${number}, \\d+, -?\\d+, ${number}, ${number}$`),
    )
    expect(warning).toMatch(/^WARNING: Exiting before consuming .* timeout \(2000 ms\) exceeded/)
  })

  it('says which options do not go together', async () => {
    const both = await broker.run('kafka-consumer-perf-test --topic a --include b --num-records 1')
    expect(both.errors).toContain('Exactly one of the following arguments is required: [topic], [include]')
    const none = await broker.run('kafka-consumer-perf-test --topic a')
    expect(none.code).toBe(1)
  })
})

describe('kafka-e2e-latency', () => {
  const results = new RegExp(
    `^0\\t${number}\nAvg latency: \\d+\\.\\d{4} ms\nPercentiles: 50th = \\d+, 99th = \\d+, 99\\.9th = \\d+\n$`,
  )

  it('makes the topic, sends records one at a time and reads each', async () => {
    const ran = await broker.run(
      'kafka-e2e-latency --topic there --num-records 5 --producer-acks all --record-size 30 --record-key-size 4 --num-headers 2 --record-header-key-size 3 --record-header-size -1',
    )
    expect(ran).toMatchObject({ code: 0, errors: '' })
    const [first, ...rest] = ran.output.split(/(?<=\n)/)
    expect(first).toMatch(/^Topic "there" does not exist\. Will create topic with 1 partition/)
    expect(rest.join('')).toMatch(results)
  })

  it('takes words in place of options', async () => {
    const ran = await broker.run(`kafka-e2e-latency ${broker.samsa.bootstrapServers} words 3 1 10`)
    expect(ran.output).toMatch(/^WARNING: Positional argument usage is deprecated/)
    expect(ran.output.slice(ran.output.indexOf('\n') + 1)).toMatch(results)
    const few = await broker.run('kafka-e2e-latency a b')
    expect(few).toMatchObject({ code: 1 })
    expect(few.errors).toMatch(
      /^Invalid number of arguments\. Expected 5 or 6 positional arguments, but got 2/,
    )
    const none = await broker.run(
      'kafka-e2e-latency --topic a --num-records 1 --producer-acks 0 --record-size 1',
    )
    expect(none.errors).toContain("Please use '1' or 'all'.")
  })
})
