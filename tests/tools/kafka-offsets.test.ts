import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ToolBroker } from './tool-broker.ts'

let broker: ToolBroker

beforeAll(async () => {
  broker = await ToolBroker.start({
    topics: [
      { name: 'logs', partitions: 1 },
      { name: 'orders', partitions: 3 },
    ],
  })
  await broker.produce('orders', ['a', 'b', 'c'], 1)
  await broker.produce('logs', ['x'])
})
afterAll(() => broker[Symbol.asyncDispose]())

describe('kafka-get-offsets', () => {
  const offsets = async (more: string) => (await broker.run(`kafka-get-offsets ${more}`)).output

  it('shows where partitions end, begin, or are at a time', async () => {
    expect(await offsets('--time latest')).toBe('logs:0:1\norders:0:0\norders:1:3\norders:2:0\n')
    expect(await offsets('--topic orders --time -2')).toBe('orders:0:0\norders:1:0\norders:2:0\n')
    expect(await offsets('--topic orders --partitions 1 --time 0')).toBe('orders:1:0\n')
    expect(await offsets('--topic orders --partitions 1 --time 99999999999999')).toBe('')
  })

  it('takes patterns of topics with their partitions', async () => {
    expect(await offsets('--topic-partitions orders:1-,logs')).toBe('logs:0:1\norders:1:3\norders:2:0\n')
    expect(await offsets('--topic-partitions :-1')).toBe('logs:0:1\norders:0:0\n')
    expect(await broker.run('kafka-get-offsets --topic-partitions a:b:c')).toEqual({
      code: 1,
      output: '',
      errors: 'Error occurred: Invalid rule specification: a:b:c\n',
    })
  })

  it('says when nothing is meant, or too much', async () => {
    const wrong = async (more: string) => (await broker.run(`kafka-get-offsets ${more}`)).errors
    expect(await wrong('--topic nothing')).toBe(
      'Error occurred: Could not match any topic-partitions with the specified filters\n',
    )
    expect(await wrong('--topic a --topic-partitions a')).toContain('cannot be used with --topic')
    expect(await wrong('--time soon')).toContain('Malformed time argument soon.')
    expect(await wrong('--bootstrap-server nowhere')).toContain('Please provide valid host:port')
  })
})

describe('kafka-delete-records', () => {
  const run = (text: string) =>
    broker.run('kafka-delete-records --offset-json-file /f.json', { files: { '/f.json': text } })

  it('deletes the records of partitions before given offsets', async () => {
    const partitions = [
      { topic: 'orders', partition: 1, offset: 2 },
      { topic: 'orders', partition: 0, offset: 9 },
    ]
    expect(await run(JSON.stringify({ version: 1, partitions }))).toEqual({
      code: 0,
      output:
        'Executing records delete operation\nRecords delete operation completed:\npartition: orders-1\tlow_watermark: 2\n' +
        'partition: orders-0\terror: org.apache.kafka.common.errors.OffsetOutOfRangeException: The offset lies before the start or after the end of the log.\n',
      errors: '',
    })
  })

  it('says what is wrong with the file', async () => {
    for (const [text, problem] of [
      ['{', 'The input string is not a valid JSON'],
      ['{"version": 2}', 'Not supported version field value 2'],
      ['{}', 'Missing partitions field'],
      ['{"partitions": [{"topic": "a"}]}', 'No such field exists: `partition`'],
      ['{"partitions": [{"topic": "a", "partition": 1.5}]}', 'Expected `Integer` value, received 1.5'],
    ] as const) {
      expect(await run(text)).toEqual({ code: 1, output: '', errors: `${problem}\n` })
    }
  })
})

describe('kafka-log-dirs', () => {
  it('shows what is in the log directories, as JSON', async () => {
    const { code, output } = await broker.run('kafka-log-dirs --describe --topic-list orders')
    expect(code).toBe(0)
    const [first, second, json] = output.split('\n')
    expect(first).toBe('Querying brokers for log directories information')
    expect(second).toBe('Received log directory information from brokers 1')
    const told = JSON.parse(json!) as {
      brokers: { broker: number; logDirs: { error: null; partitions: { partition: string }[] }[] }[]
    }
    expect(told).toMatchObject({ version: 1, brokers: [{ broker: 1, logDirs: [{ error: null }] }] })
    const names = told.brokers[0]!.logDirs[0]!.partitions.map(({ partition }) => partition).sort()
    expect(names).toEqual(['orders-0', 'orders-1', 'orders-2'])
  })

  it('knows which brokers there are', async () => {
    const { code, errors } = await broker.run('kafka-log-dirs --describe --broker-list 1,7')
    expect(code).toBe(1)
    expect(errors).toBe(
      'ERROR: The given brokers do not exist from --broker-list: 7. Current existent brokers: 1\n',
    )
  })
})
