import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ToolBroker } from './tool-broker.ts'

let broker: ToolBroker

beforeAll(async () => {
  broker = await ToolBroker.start()
})
afterAll(() => broker[Symbol.asyncDispose]())

describe('kafka-cluster', () => {
  it('shows the id and the nodes', async () => {
    expect((await broker.run('kafka-cluster cluster-id')).output).toMatch(/^Cluster ID: \S{22}\n$/)
    const [host, port] = broker.samsa.bootstrapServers.split(':')
    const { code, output } = await broker.run('kafka-cluster list-endpoints')
    expect(code).toBe(0)
    const [heads, row] = output.split('\n').map(line => line.trim().split(/ +/))
    expect(heads).toEqual(['ID', 'HOST', 'PORT', 'RACK', 'STATE', 'ENDPOINT_TYPE'])
    expect(row).toEqual(['1', host, port, 'null', 'unfenced', 'broker'])
  })

  it('says when brokers and controllers are both named, or an old option is used', async () => {
    const both = await broker.run('kafka-cluster cluster-id -b a:1 -C b:2')
    expect(both.errors).toContain(
      'argument --bootstrap-controller/-C: not allowed with argument --bootstrap-server/-b\n',
    )
    const files = { '/home/me/old.properties': 'client.id=me\n' }
    const old = await broker.run('kafka-cluster cluster-id --config old.properties', { files })
    expect(old.output).toMatch(/^Option --config has been deprecated .*\nCluster ID: /)
    const twice = await broker.run('kafka-cluster cluster-id --config a --command-config b')
    expect(twice).toMatchObject({
      code: 1,
      errors: '--config and --command-config cannot be specified together.\n',
    })
  })
})

describe('kafka-broker-api-versions', () => {
  it('shows what each broker speaks, and what it lacks', async () => {
    const { code, output } = await broker.run(
      `kafka-broker-api-versions --bootstrap-server ${broker.samsa.bootstrapServers}`,
    )
    expect(code).toBe(0)
    expect(output).toMatch(
      /^\S+ \(id: 1 rack: null isFenced: false\) -> \(\n\tProduce\(0\): 0 to 13 \[usable: 13\],\n/,
    )
    expect(output).toContain('\tElectLeaders(43): UNSUPPORTED,\n')
    expect(output).toMatch(/\n\)\n$/)
  })
})
