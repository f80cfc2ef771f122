import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ToolBroker } from './tool-broker.ts'

let broker: ToolBroker

beforeAll(async () => {
  broker = await ToolBroker.start({ topics: ['plain', 'rich', 'numbers', 'groups'] })
  await broker.produce('plain', ['one', 'two', 'three'])
  await using producer = broker.samsa.producer<string, string | Uint8Array>()
  const timestamp = 1_700_000_000_000
  await producer.sendAll([
    { topic: 'rich', key: 'k', value: 'v', headers: { a: '1', b: null }, timestamp },
    { topic: 'rich', key: null, value: null, timestamp },
    { topic: 'numbers', value: new Uint8Array([0, 0, 0, 0, 0, 0, 1, 0]) },
    { topic: 'numbers', value: 'no number' },
    { topic: 'numbers', value: new Uint8Array([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]) },
  ])
})
afterAll(() => broker[Symbol.asyncDispose]())

const command = 'kafka-console-consumer --topic'

describe('kafka-console-consumer', () => {
  it('prints values, and how many records there were', async () => {
    expect(await broker.run(`${command} plain --from-beginning --max-messages 2`)).toEqual({
      code: 0,
      output: 'one\ntwo\n',
      errors: 'Processed a total of 2 messages\n',
    })
    const fromOffset = await broker.run(`${command} plain --partition 0 --offset 1 --timeout-ms 500`)
    expect(fromOffset).toMatchObject({ code: 0, output: 'two\nthree\n' })
  })

  it('prints what properties ask for', async () => {
    const all = ['timestamp', 'partition', 'offset', 'delivery', 'epoch', 'headers', 'key', 'value']
    const properties = all.map(part => `--property print.${part}=true`).join(' ')
    const ran = await broker.run(
      `${command} rich --partition 0 --offset earliest --max-messages 2 ${properties} --property null.literal=NIL --property key.separator='|'`,
    )
    expect(ran.output).toBe(
      'CreateTime:1700000000000|Partition:0|Offset:0|Delivery:NOT_PRESENT|Epoch:0|a:1,b:NIL|k|v\n' +
        'CreateTime:1700000000000|Partition:0|Offset:1|Delivery:NOT_PRESENT|Epoch:0|NO_HEADERS|NIL|NIL\n',
    )
  })

  it('reads values as Java’s deserializers do, and ends at one it cannot read unless told to skip it', async () => {
    const line = `${command} numbers --from-beginning --partition 0 --value-deserializer org.apache.kafka.common.serialization.LongDeserializer`
    const ran = await broker.run(`${line} --max-messages 3`)
    expect(ran).toMatchObject({ code: 1, output: '256\n' })
    expect(ran.errors).toContain(
      'Processed a total of 2 messages\nCould not print the record at offset 1 of numbers-0',
    )
    const skipping = await broker.run(`${line} --max-messages 3 --skip-message-on-error`)
    expect(skipping).toMatchObject({ code: 0, output: '256\n-1\n' })
  })

  it('commits for a group what it printed, and no more', async () => {
    await broker.produce('groups', ['a', 'b', 'c', 'd'])
    const line = `${command} groups --group readers --from-beginning`
    expect((await broker.run(`${line} --max-messages 1`)).output).toBe('a\n')
    expect((await broker.run(`${line} --max-messages 2`)).output).toBe('b\nc\n')
    expect((await broker.run(`${line} --timeout-ms 1500`)).output).toBe('d\n')
    const committed = await broker.run(
      'kafka-console-consumer --topic __consumer_offsets --from-beginning --timeout-ms 1000 --formatter org.apache.kafka.tools.consumer.OffsetsMessageFormatter --command-property exclude.internal.topics=false',
    )
    const lines = committed.output.split('\n').filter(line => line.includes('"readers"'))
    expect(lines.map(line => JSON.parse(line))).toContainEqual({
      key: { type: 1, data: { group: 'readers', topic: 'groups', partition: 0 } },
      value: {
        version: 4,
        data: expect.objectContaining({
          offset: 4,
          leaderEpoch: 0,
          metadata: '',
          topicId: expect.any(String),
        }),
      },
    })
  })

  it('takes the spellings of old tutorials', async () => {
    const ran = await broker.run(
      `kafka-console-consumer --zookeeper localhost:2181 --whitelist 'pla.*' --new-consumer --from-beginning --max-messages 3`,
    )
    expect(ran).toMatchObject({ code: 0, output: 'one\ntwo\nthree\n' })
    expect(ran.errors.split('\n')).toEqual([
      '--whitelist: this is called --include now.',
      expect.stringContaining('--zookeeper: there is no ZooKeeper any more'),
      'Processed a total of 3 messages',
      '',
    ])
  })

  it('says which options do not go together', async () => {
    for (const [line, message] of [
      ['--from-beginning', 'Exactly one of the following arguments is required: [topic], [include]'],
      ['--topic a --offset 3', 'The partition is required when offset is specified.'],
      ['--topic a --partition 0 --offset -3', "The provided offset value '-3' is incorrect."],
      ['--topic a --partition 0 --group g', 'Options group and partition cannot be specified together.'],
      ['--topic a --formatter my.Own', 'my.Own: classes of Java cannot be loaded'],
      [
        '--topic a --from-beginning --command-property auto.offset.reset=latest',
        "Can't simultaneously specify --from-beginning and 'auto.offset.reset=latest'",
      ],
    ] as const) {
      const ran = await broker.run(`kafka-console-consumer ${line}`)
      expect(ran.code).toBe(1)
      expect(ran.errors).toContain(message)
    }
  })
})
