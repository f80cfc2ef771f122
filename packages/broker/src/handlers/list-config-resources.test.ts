import { IncrementalAlterConfigs, ListConfigResources } from '@samsa/protocol'
import { describe, expect, it } from 'vitest'
import { TestBroker } from '../testing/test-broker.ts'

const [TOPIC, BROKER, LOGGER, CLIENT_METRICS, GROUP] = [2, 4, 8, 16, 32]
const [SET, DELETE] = [0, 1]

async function brokerWithResources() {
  const broker = await TestBroker.start()
  for (const name of ['b', 'a']) await broker.createTopic(name)
  const configs = [
    [GROUP!, 'a-group', 'consumer.session.timeout.ms', '50000'],
    [CLIENT_METRICS!, 'a-subscription', 'interval.ms', '1000'],
    [BROKER!, '', 'log.retention.ms', '1000'],
  ] as const
  for (const [resourceType, resourceName, name, value] of configs) {
    await alter(broker, resourceType, resourceName, name, value)
  }
  return broker
}

async function alter(
  broker: TestBroker,
  type: number,
  resourceName: string,
  name: string,
  value: string | null,
) {
  const configs = [{ name, value, configOperation: value === null ? DELETE! : SET! }]
  const resources = [{ resourceType: type, resourceName, configs }]
  const { responses } = await broker.ask(IncrementalAlterConfigs, 1, { resources, validateOnly: false })
  expect(responses[0]).toMatchObject({ errorCode: 'NONE' })
}

async function listed(broker: TestBroker, resourceTypes?: number[]) {
  const request = resourceTypes === undefined ? {} : { resourceTypes }
  const answer = await broker.ask(ListConfigResources, resourceTypes === undefined ? 0 : 1, request)
  const { errorCode, configResources } = answer
  return [errorCode, ...configResources.map(one => `${one.resourceType} ${one.resourceName}`)]
}

describe('ListConfigResources', () => {
  it('names every topic and broker, and the groups and subscriptions that have a configuration', async () => {
    const broker = await brokerWithResources()
    expect(await listed(broker, [])).toEqual([
      'NONE',
      '32 a-group',
      '16 a-subscription',
      '8 1',
      '4 1',
      '2 a',
      '2 b',
    ])
  })

  it('names those of the wanted kinds, each once', async () => {
    const broker = await brokerWithResources()
    expect(await listed(broker, [TOPIC!, GROUP!, TOPIC!])).toEqual(['NONE', '32 a-group', '2 a', '2 b'])
    expect(await listed(broker, [LOGGER!])).toEqual(['NONE', '8 1'])
  })

  it('in version 0 names the subscriptions to metrics of clients', async () => {
    expect(await listed(await brokerWithResources())).toEqual(['NONE', '16 a-subscription'])
  })

  it('names a group no more whose configuration was taken back', async () => {
    const broker = await brokerWithResources()
    await alter(broker, GROUP!, 'a-group', 'consumer.session.timeout.ms', null)
    expect(await listed(broker, [GROUP!])).toEqual(['NONE'])
  })

  it('refuses a kind that does not exist', async () => {
    expect(await listed(await brokerWithResources(), [TOPIC!, 99])).toEqual(['UNSUPPORTED_VERSION'])
  })
})
