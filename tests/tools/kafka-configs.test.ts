import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ToolBroker } from './tool-broker.ts'

let broker: ToolBroker

beforeAll(async () => {
  broker = await ToolBroker.start({ topics: ['orders'] })
})
afterAll(() => broker[Symbol.asyncDispose]())

describe('kafka-configs', () => {
  it('sets, shows and gives up configurations of a topic', async () => {
    const added = "--add-config 'retention.ms=1000,cleanup.policy=[compact,delete]'"
    expect(await broker.run(`kafka-configs --alter --topic orders ${added}`)).toEqual({
      code: 0,
      output: 'Completed updating config for topic orders.\n',
      errors: '',
    })
    await broker.run('kafka-configs --alter --topic orders --delete-config retention.ms')
    const described = await broker.run('kafka-configs --describe --entity-type topics --entity-name orders')
    expect(described.output).toBe(
      'Dynamic configs for topic orders are:\n' +
        '  cleanup.policy=compact,delete sensitive=false synonyms=' +
        '{DYNAMIC_TOPIC_CONFIG:cleanup.policy=compact,delete, DEFAULT_CONFIG:log.cleanup.policy=delete}\n',
    )
    const all = await broker.run('kafka-configs --describe --topic orders --all')
    expect(all.output).toContain('\n  retention.bytes=-1 sensitive=false synonyms={')
  })

  it('takes configurations from a file', async () => {
    const files = { '/home/me/add.properties': 'segment.bytes=2000000\n' }
    const line = 'kafka-configs --alter --topic orders --add-config-file add.properties'
    expect((await broker.run(line, { files })).code).toBe(0)
    const { output } = await broker.run('kafka-configs --describe --topic orders')
    expect(output).toContain('  segment.bytes=2000000 ')
  })

  it('configures brokers, one and all', async () => {
    await broker.run('kafka-configs --alter --broker-defaults --add-config log.retention.ms=70000')
    const { output } = await broker.run('kafka-configs --describe --entity-type brokers')
    expect(output).toMatch(
      /^Dynamic configs for broker \d+ are:\nDefault configs for brokers in the cluster are:\n {2}log.retention.ms=70000 /,
    )
  })

  it('repeats the command line before what the broker refuses', async () => {
    const { code, errors } = await broker.run('kafka-configs --alter --topic nothing --add-config a=1')
    expect(code).toBe(1)
    expect(errors).toMatch(
      /^Error while executing config command with args '--alter --topic nothing --add-config a=1'\n\S/,
    )
  })

  it('takes the place of ZooKeeper with a notice', async () => {
    const { code, errors } = await broker.run('kafka-configs --zookeeper old:2181 --describe --topic orders')
    expect(code).toBe(0)
    expect(errors).toContain('there is no ZooKeeper any more')
  })

  it('says what the broker does not serve', async () => {
    for (const line of [
      '--describe --user alice',
      '--alter --ip 127.0.0.1 --add-config connection_creation_rate=1',
    ]) {
      const { code, errors } = await broker.run(`kafka-configs ${line}`)
      expect(code).toBe(1)
      expect(errors).toMatch(/DescribeClientQuotas/)
    }
  })
})
