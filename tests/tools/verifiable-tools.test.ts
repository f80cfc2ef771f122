import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ToolBroker } from './tool-broker.ts'

let broker: ToolBroker

beforeAll(async () => {
  broker = await ToolBroker.start({ topics: [{ name: 'numbers', partitions: 1 }] })
})
afterAll(() => broker[Symbol.asyncDispose]())

const events = (output: string) =>
  output
    .trim()
    .split('\n')
    .map(line => {
      const { timestamp, ...event } = JSON.parse(line) as Record<string, unknown>
      expect(timestamp).toEqual(expect.any(Number))
      return event
    })

describe('the verifiable producer and consumer', () => {
  it('tell what becomes of each number', async () => {
    const server = `--bootstrap-server ${broker.samsa.bootstrapServers} --topic numbers`
    const sent = await broker.run(
      `kafka-verifiable-producer ${server} --max-messages 3 --value-prefix 7 --repeating-keys 2 --message-create-time 1700000000000`,
    )
    expect(sent).toMatchObject({ code: 0, errors: '' })
    const success = (key: string, value: string, offset: number) => ({
      name: 'producer_send_success',
      key,
      value,
      offset,
      topic: 'numbers',
      partition: 0,
    })
    expect(events(sent.output)).toEqual([
      { name: 'startup_complete' },
      success('0', '7.0', 0),
      success('1', '7.1', 1),
      success('0', '7.2', 2),
      { name: 'shutdown_complete' },
      { name: 'tool_data', sent: 3, acked: 3, target_throughput: -1, avg_throughput: expect.any(Number) },
    ])
    const read = await broker.run(
      `kafka-verifiable-consumer ${server} --group-id readers --max-messages 3 --verbose`,
    )
    expect(read).toMatchObject({ code: 0, errors: '' })
    const place = { topic: 'numbers', partition: 0 }
    expect(events(read.output)).toEqual([
      { name: 'startup_complete' },
      { name: 'partitions_assigned', partitions: [place] },
      { name: 'record_data', key: '0', value: '7.0', ...place, offset: 0 },
      { name: 'record_data', key: '1', value: '7.1', ...place, offset: 1 },
      { name: 'record_data', key: '0', value: '7.2', ...place, offset: 2 },
      {
        name: 'records_consumed',
        count: 3,
        partitions: [{ ...place, count: 3, minOffset: 0, maxOffset: 2 }],
      },
      { name: 'offsets_committed', offsets: [{ ...place, offset: 3 }], success: true },
      { name: 'partitions_revoked', partitions: [place] },
      { name: 'shutdown_complete' },
      { name: 'shutdown_requested' },
    ])
  })

  it('tell of records that were refused', async () => {
    const sent = await broker.run(
      'kafka-verifiable-producer --topic no/topic --max-messages 1 --command-config /p',
      { files: { '/p': 'max.block.ms=500\n' } },
    )
    expect(sent.code).toBe(0)
    expect(events(sent.output)[1]).toEqual({
      name: 'producer_send_error',
      key: null,
      value: '0',
      exception: 'class org.apache.kafka.common.errors.InvalidTopicException',
      message: expect.any(String),
      topic: 'no/topic',
    })
  })

  it('name what is missing, and print help when nothing is given', async () => {
    const ran = await broker.run('kafka-verifiable-consumer --topic numbers')
    expect(ran).toMatchObject({ code: 1 })
    expect(ran.errors).toContain('argument --group-id is required')
    const share = await broker.run('kafka-verifiable-share-consumer --topic numbers')
    expect(share).toMatchObject({ code: 1 })
    expect(share.errors).toMatch(/^verifiable-share-consumer: error: argument --group-id is required\n/)
    expect(await broker.run('kafka-verifiable-producer')).toMatchObject({ code: 0, errors: '' })
  })
})
