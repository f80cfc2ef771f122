import { encode } from '@msgpack/msgpack'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ToolBroker } from './tool-broker.ts'

let broker: ToolBroker
const day = Date.parse('2026-01-02T00:00:00Z')
const HOUR_MS = 3_600_000

beforeAll(async () => {
  broker = await ToolBroker.start({
    topics: ['orders', 'mixed', { name: 'wide', partitions: 3 }, 'steady', 'empty'],
  })
  await using producer = broker.samsa.producer<string, string | Uint8Array>()
  for (let n = 0; n < 10; n++) {
    const value = JSON.stringify({ id: n, total: n * 10, user: { name: n % 2 === 0 ? 'Ada' : 'Bob' } })
    const headers = n === 3 ? { trace: 't3' } : {}
    await producer.send({ topic: 'orders', key: `k${n}`, value, headers, timestamp: day + n * HOUR_MS })
  }
  await producer.sendAll([
    { topic: 'mixed', key: null, value: 'plain text', timestamp: day },
    {
      topic: 'mixed',
      key: 'k',
      value: null,
      headers: [{ key: 'a', value: new Uint8Array([0xff]) }],
      timestamp: day,
    },
    { topic: 'mixed', key: '7', value: encode({ id: 1, tags: ['x'] }), timestamp: day },
    {
      topic: 'mixed',
      key: new Uint8Array([0xfe]) as unknown as string,
      value: new Uint8Array([0xc1, 0xff]),
      timestamp: day,
    },
    { topic: 'mixed', key: 'n', value: '{"big": 12345678901234567890}', timestamp: day },
  ])
  for (const partition of [0, 1, 2])
    await broker.produce('wide', [`a${partition}`, `b${partition}`], partition)
})
afterAll(() => broker[Symbol.asyncDispose]())

async function lines(line: string): Promise<string[]> {
  const ran = await broker.run(`samsa consume ${line}`)
  expect(ran).toMatchObject({ code: 0, errors: '' })
  return ran.output.split('\n').slice(0, -1)
}
const ids = async (line: string) => (await lines(line)).map(one => JSON.parse(one).id)

describe('samsa consume', () => {
  it('prints what is there and ends', async () => {
    expect(await ids('orders')).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(await ids('orders -n 2')).toEqual([0, 1])
    expect(await lines('empty')).toEqual([])
    expect((await lines('wide')).sort()).toEqual(['a0', 'a1', 'a2', 'b0', 'b1', 'b2'])
    expect((await lines('wide -p 1')).sort()).toEqual(['a1', 'b1'])
  })

  it('begins and ends at times and offsets', async () => {
    expect(await ids('orders --at 8')).toEqual([8, 9])
    expect(await ids('orders --at 2 --until 4')).toEqual([2, 3])
    expect(await ids('orders --at -3')).toEqual([7, 8, 9])
    expect(await ids("orders --at '2026-01-02 02:30Z' --until '2026-01-02T05:00:00Z'")).toEqual([3, 4])
    expect(await ids('orders --at 2030-01-01')).toEqual([])
  })

  it('follows what comes until the limit', async () => {
    const following = broker.run('samsa consume steady --follow --at beginning -n 4')
    await broker.produce('steady', ['1', '2'])
    await broker.produce('steady', ['3', '4', '5'])
    expect(await following).toMatchObject({ code: 0, output: '1\n2\n3\n4\n' })
  })

  it('prints only what a filter lets through', async () => {
    expect(await ids("orders --filter 'value.total >= 70'")).toEqual([7, 8, 9])
    expect(await ids(`orders --filter 'value.user.name == "Ada" && offset > 5'`)).toEqual([6, 8])
    expect(await ids('orders --filter exists(headers.trace)')).toEqual([3])
    expect(await ids(`orders --filter 'timestamp < "2026-01-02T01:30:00Z"'`)).toEqual([0, 1])
    expect(await ids('orders --filter offset%3==0 -n 2')).toEqual([0, 3])
    const wrong = await broker.run("samsa consume orders --filter 'value.total >'")
    expect(wrong).toMatchObject({ code: 1, output: '' })
    expect(wrong.errors).toBe('samsa: --filter: A value was expected.\n  value.total >\n               ^\n')
  })

  it('prints all parts as lines of JSON', async () => {
    expect(await lines('mixed --json')).toEqual([
      '{"topic":"mixed","partition":0,"offset":0,"timestamp":"2026-01-02T00:00:00.000Z","key":null,"headers":{},"value":"plain text"}',
      '{"topic":"mixed","partition":0,"offset":1,"timestamp":"2026-01-02T00:00:00.000Z","key":"k","headers":{"a":{"base64":"/w=="}},"value":null}',
      '{"topic":"mixed","partition":0,"offset":2,"timestamp":"2026-01-02T00:00:00.000Z","key":"7","headers":{},"value":{"id":1,"tags":["x"]}}',
      '{"topic":"mixed","partition":0,"offset":3,"timestamp":"2026-01-02T00:00:00.000Z","keyBase64":"/g==","headers":{},"valueBase64":"wf8="}',
      '{"topic":"mixed","partition":0,"offset":4,"timestamp":"2026-01-02T00:00:00.000Z","key":"n","headers":{},"value":{"big": 12345678901234567890}}',
    ])
  })

  it('prints for people', async () => {
    const ran = await broker.run('samsa consume orders --pretty --at 3 -n 1')
    expect(ran.output).toMatch(
      /^orders\/0 @ 3 {2}2026-01-0\d \d\d:\d\d:00\.000 {2}key k3\n {2}trace: t3\n\{\n {2}"id": 3,\n/,
    )
  })

  it('reads values as told, and says what it cannot show', async () => {
    expect(await lines('mixed --at 2 -n 1 --value-as msgpack --keys --separator =')).toEqual([
      '7={"id":1,"tags":["x"]}',
    ])
    const ran = await broker.run('samsa consume mixed --at 0 -n 1 --value-as json')
    expect(ran.output).toBe('')
    expect(ran.errors).toContain('samsa: the record at offset 0 of mixed/0 cannot be shown:')
  })

  it('says what is not there', async () => {
    expect(await broker.run('samsa consume ordesr')).toMatchObject({
      code: 1,
      errors: expect.stringContaining('There is no topic ordesr: did you mean orders?'),
    })
    expect((await broker.run('samsa consume orders -p 4')).errors).toContain('orders has no partition 4')
    expect((await broker.run('samsa consume orders --at soon')).errors).toContain(
      "--at: 'soon' is not understood",
    )
    expect((await broker.run('samsa consume orders --follow --until end')).errors).toContain(
      'leave --until out',
    )
  })
})
