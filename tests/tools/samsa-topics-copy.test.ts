import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ToolBroker } from './tool-broker.ts'

let broker: ToolBroker

beforeAll(async () => {
  broker = await ToolBroker.start({ sockets: true, topics: [{ name: 'narrow', partitions: 1 }] })
  await broker.samsa.admin().createTopic({ name: 'orders', partitions: 3, configs: { 'retention.ms': '-1' } })
  await using producer = broker.samsa.producer<string, string | null>()
  const timestamp = Date.parse('2026-01-02T00:00:00Z')
  for (let n = 0; n < 30; n++) {
    await producer.send({
      topic: 'orders',
      partition: n % 3,
      key: `k${n}`,
      value: n === 7 ? null : `{"n":${n}}`,
      headers: { n: `${n}` },
      timestamp: timestamp + n,
    })
  }
})
afterAll(() => broker[Symbol.asyncDispose]())

async function linesOf(topic: string): Promise<string[]> {
  const { output } = await broker.run(`samsa consume ${topic} --json`)
  return output.split('\n').slice(0, -1).sort()
}

describe('samsa topics copy', () => {
  it('copies records as they are, to a topic like the source', async () => {
    const ran = await broker.run('samsa topics copy orders copy')
    expect(ran).toMatchObject({ code: 0, errors: '' })
    expect(ran.output).toMatch(/^Copied 30 records in \d+\.\d s from orders to copy\.\n$/)
    const original = await linesOf('orders')
    expect(original).toHaveLength(30)
    expect((await linesOf('copy')).map(line => line.replace('"topic":"copy"', '"topic":"orders"'))).toEqual(
      original,
    )
    const described = await broker.run('kafka-topics --describe --topic copy')
    expect(described.output).toContain('PartitionCount: 3')
    expect(described.output).toContain('retention.ms=-1')
  })

  it('copies what a filter lets through, between moments, to fewer partitions', async () => {
    const ran = await broker.run(
      "samsa topics copy orders narrow --at 2 --until 5 --filter 'value.n % 2 == 0'",
    )
    expect(ran.output).toMatch(/^Copied 5 records in /)
    const values = (await linesOf('narrow')).map(line => JSON.parse(line).value.n).sort((a, b) => a - b)
    expect(values).toEqual([6, 8, 10, 12, 14])
  })

  it('copies to another cluster', async () => {
    await using other = await ToolBroker.start({ sockets: true })
    const to = `--to-bootstrap-server ${other.samsa.bootstrapServers}`
    const ran = await broker.run(`samsa topics copy orders orders ${to} --at 9`)
    expect(ran).toMatchObject({ code: 0, errors: '' })
    const { output } = await other.run('samsa consume orders --json')
    const copied = output
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line))
    expect(copied.map(({ partition, value }) => [partition, value.n]).sort()).toEqual([
      [0, 27],
      [1, 28],
      [2, 29],
    ])
  })

  it('says what cannot be', async () => {
    for (const [line, message] of [
      ['orders orders', 'orders cannot be copied to itself.'],
      ['nothing copy2', 'There is no topic nothing: samsa topics list shows those there are'],
      ['orders copy2 --no-create', 'There is no topic copy2'],
      ['orders copy2 --filter value.', 'The name of a field was expected.'],
    ] as const) {
      const ran = await broker.run(`samsa topics copy ${line}`)
      expect(ran.code).toBe(1)
      expect(ran.errors).toContain(message)
    }
  })
})
