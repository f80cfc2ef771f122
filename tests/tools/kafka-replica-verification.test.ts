import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ToolBroker } from './tool-broker.ts'

let broker: ToolBroker

beforeAll(async () => {
  broker = await ToolBroker.start({ topics: ['orders', { name: 'logs', partitions: 2 }] })
  await broker.produce('orders', ['a', 'b', 'c'])
})
afterAll(() => broker[Symbol.asyncDispose]())

describe('kafka-replica-verification', () => {
  it('compares until it is stopped, and says how far it is', async () => {
    const { io, ended } = broker.begin(
      'kafka-replica-verification --topics-include o.* --time -2 --max-wait-ms 10 --report-interval-ms 0',
    )
    await vi.waitFor(() => expect(io.output()).toContain('max lag'), { timeout: 10_000 })
    io.signal('SIGINT')
    const { code, output, errors } = await ended
    expect([code, errors]).toEqual([130, ''])
    const [first, second] = output.replaceAll(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}/gm, 'now').split('\n')
    expect(first).toBe('now: verification process is started')
    expect(second).toBe('now: max lag is 0 for partition orders-0 at offset 3 among 1 partitions')
  })

  it.each([
    ['--topics-include nothing', 'No topics found: there are none, or --topics-include leaves them all out.'],
    ['--topics-include [', '[ is an invalid regex'],
    ['--broker-list nowhere', 'Please provide valid host:port like host1:9091,host2:9092'],
  ])('refuses %s', async (more, problem) => {
    const { code, errors } = await broker.run(`kafka-replica-verification ${more}`)
    expect([code, errors.split('\n')[0]]).toEqual([1, problem])
  })
})
