import { DeleteTopics, Fetch } from '@samsa/protocol'
import { describe, expect, it } from 'vitest'
import { valuesOf } from '../testing/records.ts'
import { TestBroker, fetchRequest } from '../testing/test-broker.ts'

/** A broker that was started anew, so that nothing of its records was written lately, on a disk that takes a second to read. */
async function slowBroker() {
  const broker = await TestBroker.start()
  for (const topic of ['old', 'small']) {
    await broker.createTopic(topic)
    for (const value of ['a', 'b', 'c']) await broker.write(topic, [value])
  }
  await broker.stop()
  await broker.start()
  await broker.write('small', ['d'])
  broker.world.disk.readMs = [1000, 1000]
  return broker
}

describe('a fetch of what was not written lately', () => {
  it('waits for the disk without holding up those who write and read what is new', async () => {
    const broker = await slowBroker()
    const begunMs = broker.world.clock.monotonicMs()
    const patient = await broker.connect()
    const old = patient.ask(Fetch, 12, fetchRequest('old', 0))
    expect(valuesOf((await broker.fetch('small', 3)).records)).toEqual(['d'])
    expect(await broker.write('small', ['e'])).toBe(4)
    expect(valuesOf((await broker.fetch('small', 4)).records)).toEqual(['e'])
    expect(broker.world.clock.monotonicMs() - begunMs).toBeLessThan(500)
    const [partition] = (await broker.finish(old)).responses[0]!.partitions
    expect(valuesOf(partition!.records)).toEqual(['a', 'b', 'c'])
    expect(broker.world.clock.monotonicMs() - begunMs).toBeGreaterThan(1000)
    await broker.stop()
  })

  it('of several partitions answers each, the bytes counted over all of them', async () => {
    const broker = await slowBroker()
    const client = await broker.connect()
    const topics = ['old', 'small', 'old'].map(topic => fetchRequest(topic, 1).topics[0]!)
    const { responses } = await broker.finish(
      client.ask(Fetch, 12, { ...fetchRequest('old', 1), topics, maxBytes: 1 }),
    )
    const values = responses.map(({ partitions }) => valuesOf(partitions[0]!.records))
    expect(values).toEqual([['b'], []])
    await broker.stop()
  })

  it('is answered with an error when the topic is deleted meanwhile', async () => {
    const broker = await slowBroker()
    const client = await broker.connect()
    const old = client.ask(Fetch, 12, fetchRequest('old', 0))
    await broker.advance(100)
    const { responses } = await broker.ask(DeleteTopics, 4, { topicNames: ['old'], timeoutMs: 1000 })
    expect(responses[0]!.errorCode).toBe('NONE')
    const [partition] = (await broker.finish(old)).responses[0]!.partitions
    expect(partition!.errorCode).toBe('NOT_LEADER_OR_FOLLOWER')
    await broker.stop()
    expect(broker.world.disk.list('/data').map(({ name }) => name)).not.toContain('old-0')
  })

  it('comes to an end in order when the client leaves meanwhile', async () => {
    const broker = await slowBroker()
    const client = await broker.connect()
    client.ask(Fetch, 12, fetchRequest('old', 0)).catch(() => {})
    await broker.advance(100)
    client.close()
    await broker.advance(100)
    await broker.stop()
    expect(broker.lines.filter(line => line.startsWith('error'))).toEqual([])
  })
})
