import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ToolBroker } from './tool-broker.ts'

let broker: ToolBroker

beforeAll(async () => {
  broker = await ToolBroker.start()
})
afterAll(() => broker[Symbol.asyncDispose]())

describe('kafka-topics', () => {
  it('creates, lists, describes, grows and deletes topics', async () => {
    expect(await broker.run('kafka-topics --create --topic orders --partitions 2')).toEqual({
      code: 0,
      output: 'Created topic orders.\n',
      errors: '',
    })
    expect((await broker.run('kafka-topics --list')).output).toBe('orders\n')
    const altered = 'kafka-topics --alter --topic orders --partitions 3 --delete-config retention.ms'
    expect(await broker.run(altered)).toMatchObject({
      code: 0,
      errors: expect.stringMatching(/^--delete-config: .* Use kafka-configs /),
    })
    const described = await broker.run('kafka-topics --describe --topic orders')
    expect(described.output).toMatch(
      /^Topic: orders\tTopicId: \S{22}\tPartitionCount: 3\tReplicationFactor: 1\t/,
    )
    expect((await broker.run('kafka-topics --delete --topic orders')).code).toBe(0)
    expect((await broker.run('kafka-topics --list')).output).toBe('')
  })
})
