import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ToolBroker } from './tool-broker.ts'

// What the broker does not serve yet: the tools have to say so, and nothing but that.

let broker: ToolBroker
const files = { '/home/me/client.properties': 'client.id=me\n' }

beforeAll(async () => {
  broker = await ToolBroker.start({ topics: ['orders'] })
})
afterAll(() => broker[Symbol.asyncDispose]())

describe('tools whose APIs the broker lacks', () => {
  it.each([
    ['kafka-acls --list', 'DescribeAcls'],
    ['kafka-acls --add --allow-principal User:alice --topic orders', 'DescribeAcls'],
    ['kafka-acls --remove --topic orders --force', 'DeleteAcls'],
    ['kafka-delegation-tokens --describe --command-config client.properties', 'DescribeDelegationToken'],
    ['kafka-transactions list', 'ListTransactions'],
    ['kafka-transactions describe-producers --topic orders --partition 0', 'DescribeProducers'],
    ['kafka-transactions find-hanging --topic orders', 'DescribeProducers'],
  ])('%s says so', async (line, api) => {
    const { code, output, errors } = await broker.run(line, { files })
    expect(code).toBe(1)
    expect(`${output}${errors}`).toContain(api)
  })

  it('kafka-acls asks before it removes rules, and takes no for an answer', async () => {
    const { code, output } = await broker.run('kafka-acls --remove --topic orders', { input: 'n\n' })
    expect(code).toBe(0)
    expect(output).toBe(
      'Are you sure you want to delete all ACLs for resource filter ' +
        '`ResourcePattern(resourceType=TOPIC, name=orders, patternType=LITERAL)`? (y/n)\n',
    )
    const agreed = await broker.run('kafka-acls --remove --topic orders', { input: 'Y\n' })
    expect(agreed.output).toContain('DeleteAcls')
  })

  it('kafka-client-metrics lists nothing, as Kafka’s does: an empty line', async () => {
    expect(await broker.run('kafka-client-metrics --list')).toEqual({ code: 0, output: '\n', errors: '' })
    const alter = await broker.run('kafka-client-metrics --alter --name a --interval 1000')
    expect(alter.output).toMatch(/^(Altered client metrics|Error while executing client metrics command : )/)
  })

  it('kafka-acls takes the place of ZooKeeper in the authorizer’s properties', async () => {
    const { errors } = await broker.run(
      'kafka-acls --authorizer-properties zookeeper.connect=old:2181 --list',
    )
    expect(errors).toContain('there is no ZooKeeper any more')
  })
})
