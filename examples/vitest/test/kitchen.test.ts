import { type Samsa, startSamsa } from 'samsa'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Kitchen } from '../src/kitchen.ts'

let samsa: Samsa
let kitchen: Kitchen

// A broker of its own for each test: it takes a few milliseconds, and no test sees what another one wrote.
beforeEach(async () => {
  samsa = await startSamsa({ topics: ['orders', 'served'] })
  kitchen = new Kitchen(samsa.bootstrapServers, samsa.outside)
})

afterEach(async () => {
  await kitchen.close()
  await samsa.close()
})

const order = (id: string, drink: string) =>
  samsa.producer().send({ topic: 'orders', key: id, value: JSON.stringify({ id, drink }) })

const served = async (count: number) =>
  (await samsa.records('served', count)).map(({ value }) => JSON.parse(value ?? '{}').drink)

test('what is ordered is served', async () => {
  kitchen.open()
  await order('1', 'coffee')
  await order('2', 'tea')
  expect(await served(2)).toEqual(['coffee', 'tea'])
})

test('an order waits for a kitchen that opens late', async () => {
  await order('1', 'coffee')
  kitchen.open()
  expect(await served(1)).toEqual(['coffee'])
})

test('a broker that refuses for a while delays a drink, and serves it once', async () => {
  samsa.faults.fail('Produce', 'NOT_LEADER_OR_FOLLOWER', { topic: 'served', times: 3 })
  kitchen.open()
  await order('1', 'coffee')
  await order('2', 'tea')
  expect(await served(2)).toEqual(['coffee', 'tea'])
})

test('a broker that dies and comes back loses no order', async () => {
  kitchen.open()
  await order('1', 'coffee')
  await served(1)
  await samsa.kill()
  await samsa.start()
  await order('2', 'tea')
  expect(await served(2)).toEqual(['coffee', 'tea'])
})
