import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ToolBroker } from './tool-broker.ts'

let broker: ToolBroker

beforeAll(async () => {
  broker = await ToolBroker.start({ topics: ['logs', { name: 'orders', partitions: 2 }] })
  await broker.produce('orders', ['a', 'b'], 1)
})
afterAll(() => broker[Symbol.asyncDispose]())

describe('samsa cluster describe', () => {
  it('shows the brokers and what they have to do', async () => {
    const { code, output } = await broker.run('samsa cluster describe')
    expect(code).toBe(0)
    const [first, heads, row] = output.split('\n')
    expect(first).toMatch(/^\S{22} {2}1 broker, 2 topics, 3 partitions$/)
    expect(heads!.split(/ +/)).toEqual([
      'BROKER',
      'ADDRESS',
      'RACK',
      'STATE',
      'LEADS',
      'REPLICAS',
      'SIZE',
      'FREE',
    ])
    expect(row).toMatch(/^ +1 +\S+:\d+ +- +up +3 +3 +\S+ B +/)
  })

  it('is JSON for programs', async () => {
    const facts = JSON.parse((await broker.run('samsa cluster describe --json')).output)
    expect(facts).toMatchObject({
      topics: 2,
      partitions: 3,
      underReplicated: 0,
      leaderless: 0,
      brokers: [{ id: 1, isFenced: false, leaders: 3, replicas: 3 }],
    })
  })
})

describe('samsa offsets list', () => {
  it('shows where partitions begin and end', async () => {
    expect((await broker.run('samsa offsets list orders')).output).toBe(
      'TOPIC   PARTITION  FIRST  NEXT  RECORDS\norders          0      0     0        0\norders          1      0     2        2\n',
    )
    const { output } = await broker.run('samsa offsets list orders:1 logs --json')
    expect(
      output
        .split('\n')
        .slice(0, -1)
        .map(line => JSON.parse(line)),
    ).toEqual([
      { topic: 'logs', partition: 0, startOffset: 0, endOffset: 0 },
      { topic: 'orders', partition: 1, startOffset: 0, endOffset: 2 },
    ])
  })

  it('shows where they are at a time', async () => {
    const { output } = await broker.run("samsa offsets list orders:1 --at '1 h ago' --json")
    expect(JSON.parse(output)).toMatchObject({ topic: 'orders', partition: 1, offset: 0 })
    expect((await broker.run('samsa offsets list orders:0 --at yesterday')).output).toMatch(/ 0 +none/)
  })

  it('says when nothing is meant, or an offset is given for a time', async () => {
    expect((await broker.run('samsa offsets list nothing')).errors).toContain(
      'There is no partition of nothing.',
    )
    expect((await broker.run('samsa offsets list --at 12')).errors).toContain('is an offset already')
  })
})
