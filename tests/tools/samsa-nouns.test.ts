import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ToolBroker } from './tool-broker.ts'

let broker: ToolBroker

beforeAll(async () => {
  broker = await ToolBroker.start()
})
afterAll(() => broker[Symbol.asyncDispose]())

const objects = (lines: string): unknown[] =>
  lines
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))

describe('samsa topics', () => {
  it('creates, lists, describes, grows and deletes', async () => {
    expect(await broker.run('samsa topics create orders payments -p 2 -c retention.ms=1000')).toEqual({
      code: 0,
      output: 'Created topic orders with 2 partitions.\nCreated topic payments with 2 partitions.\n',
      errors: '',
    })
    await broker.produce('orders', ['one', 'two', 'three'])
    const { output: listed } = await broker.run('samsa topics list')
    expect(listed.replaceAll(/\d+ B$/gm, 'SIZE')).toBe(
      [
        'TOPIC     PARTITIONS  REPLICAS  RECORDS  SIZE',
        'orders             2         1        3  SIZE',
        'payments           2         1        0   SIZE',
        '',
      ].join('\n'),
    )
    const { output: described } = await broker.run('samsa topics describe orders')
    expect(described).toMatch(
      /^orders {2}2 partitions, 1 replica, 3 records, \d+ B, id \S{22}\n {2}retention.ms=1000\n/,
    )
    expect(described).toMatch(
      /\nPARTITION {2}LEADER {2}REPLICAS {2}IN SYNC {2}FIRST {2}NEXT +SIZE\n +0 +\d+ /,
    )
    expect((await broker.run('samsa topics alter orders -p 3')).output).toBe(
      'Topic orders has 3 partitions now.\n',
    )
    expect((await broker.run('samsa topics delete orders')).output).toBe('Deleted topic orders.\n')
  })

  it('take configurations of the client from the command line', async () => {
    expect((await broker.run('samsa topics list -X request.timeout.ms=60000')).code).toBe(0)
    const wrong = await broker.run('samsa topics list -X request.timeout.ms=soon')
    expect(wrong).toMatchObject({ code: 1, errors: expect.stringContaining('request.timeout.ms') })
  })

  it('speak JSON to programs', async () => {
    await broker.run('samsa topics create json-topic')
    const { output } = await broker.run('samsa topics list json-topic --json')
    expect(objects(output)).toMatchObject([
      { topic: 'json-topic', partitions: 1, replicationFactor: 1, records: 0, isInternal: false },
    ])
    const described = await broker.run('samsa topics describe json-topic --json')
    expect(objects(described.output)).toMatchObject([
      { topic: 'json-topic', configs: {}, partitions: [{ partition: 0, startOffset: 0, endOffset: 0 }] },
    ])
    const created = await broker.run('samsa topics create json-topic fresh --json')
    expect(created.code).toBe(1)
    expect(objects(created.output)).toMatchObject([
      { topic: 'json-topic', done: false, error: 'TOPIC_ALREADY_EXISTS' },
      { topic: 'fresh', done: true },
    ])
  })

  it('says of each topic what went wrong, and does the others', async () => {
    await broker.run('samsa topics create there')
    const { code, output, errors } = await broker.run('samsa topics delete nowhere there')
    expect([code, output]).toEqual([1, 'Deleted topic there.\n'])
    expect(errors).toMatch(/^samsa: nowhere: UNKNOWN_TOPIC_OR_PARTITION: /)
    expect((await broker.run('samsa topics delete nowhere --if-exists')).code).toBe(0)
    expect((await broker.run('samsa topics describe jsn-topic')).errors).toBe(
      'samsa: There is no topic jsn-topic: did you mean json-topic?\n',
    )
    expect((await broker.run('samsa topics create x -c nothing')).errors).toContain(
      '--config takes key=value',
    )
  })
})

describe('samsa configs', () => {
  it('sets, describes and gives up', async () => {
    await broker.run('samsa topics create settings')
    expect(
      (await broker.run('samsa configs set topic settings retention.ms=5000 cleanup.policy=compact,delete'))
        .output,
    ).toBe('Set for topic settings: retention.ms=5000, cleanup.policy=compact,delete\n')
    const { output } = await broker.run('samsa configs describe topic settings')
    expect(output).toBe(
      [
        'KEY             VALUE           FROM',
        'cleanup.policy  compact,delete  topic',
        'retention.ms    5000            topic',
        '',
      ].join('\n'),
    )
    await broker.run('samsa configs unset topic settings cleanup.policy')
    const { output: json } = await broker.run('samsa configs describe topic settings --json')
    expect(objects(json)).toMatchObject([
      { kind: 'topic', name: 'settings', key: 'retention.ms', value: '5000', source: 'topic' },
    ])
    const { output: all } = await broker.run('samsa configs describe topic settings --all --about')
    expect(all).toMatch(/\nsegment.bytes +\d+ +default +\S/)
  })

  it('say so when nothing is set', async () => {
    await broker.run('samsa topics create plain')
    expect((await broker.run('samsa configs describe topic plain')).output).toBe(
      'Nothing is set for topic plain. --all shows what holds without.\n',
    )
  })

  it('are those of brokers as well, one or all', async () => {
    expect((await broker.run('samsa configs set broker default log.retention.ms=70000')).code).toBe(0)
    const { output } = await broker.run('samsa configs describe broker default')
    expect(output).toContain('log.retention.ms  70000  all brokers')
  })

  it.each([
    ['describe topics orders', "'topics' has no configuration. There are: topic, broker, "],
    ['describe broker one', 'must be a valid integer broker id'],
    ['describe topic nowhere', 'UNKNOWN_TOPIC_OR_PARTITION'],
    ['describe group nobody', "There is no group 'nobody', and nothing is set for it."],
    ['set topic settings retention.ms', "'retention.ms' is not that"],
    ['set user alice retention.ms=1', 'Only quota and SCRAM credential configs can be added'],
  ])('%s fails with a reason', async (line, message) => {
    const { code, errors } = await broker.run(`samsa configs ${line}`)
    expect(code).toBe(1)
    expect(errors).toContain(message)
  })
})

describe('samsa acls', () => {
  it('says that the broker has none', async () => {
    const { code, errors } = await broker.run('samsa acls list --topic orders')
    expect(code).toBe(1)
    expect(errors).toContain('DescribeAcls')
  })
})
