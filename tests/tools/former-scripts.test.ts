import { describe, expect, it } from 'vitest'
import { ToolBroker } from './tool-broker.ts'

describe('scripts of the time of ZooKeeper', () => {
  it.each([
    'zookeeper-server-start config/zookeeper.properties',
    'zookeeper-server-start -daemon config/zookeeper.properties',
    'zookeeper-server-stop',
    'zookeeper-security-migration --zookeeper.acl secure --zookeeper.connect localhost:2181',
  ])('%s says that nothing need be done, and succeeds', async line => {
    await using broker = await ToolBroker.start()
    const { code, output, errors } = await broker.run(line)
    expect([code, output]).toEqual([0, ''])
    expect(errors).toMatch(/^Nothing to (start|stop|secure): Samsa .*\n$/)
  })

  it('zookeeper-shell lists brokers and topics, and else names the tool that tells', async () => {
    await using broker = await ToolBroker.start({ topics: ['b', 'a'] })
    const brokers = await broker.run('zookeeper-shell localhost:2181 ls /brokers/ids')
    expect(brokers.output).toMatch(/^\[\d+\]\n$/)
    expect((await broker.run('zookeeper-shell localhost:2181 ls /brokers/topics/')).output).toBe('[a, b]\n')
    const other = await broker.run('zookeeper-shell localhost:2181 get /controller')
    expect(other).toMatchObject({
      code: 1,
      errors: 'There is no ZooKeeper to ask. Use kafka-metadata-quorum describe --status.\n',
    })
  })

  it('broker-list prints what --bootstrap-server takes', async () => {
    await using broker = await ToolBroker.start()
    const { bootstrapServers } = broker.samsa
    expect(await broker.run('broker-list')).toEqual({ code: 0, output: `${bootstrapServers}\n`, errors: '' })
  })
})
