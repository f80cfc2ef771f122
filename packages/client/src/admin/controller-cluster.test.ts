import { silentLogger, simulatedWorld } from '@samsa/base'
import { DescribeAcls, DescribeCluster } from '@samsa/protocol'
import { afterEach, expect, it } from 'vitest'
import { ScriptedPeer } from '../testing/scripted-peer.ts'
import { Admin } from './index.ts'

const world = simulatedWorld(12, { name: 'client' })
const open: Array<{ close(): Promise<void> }> = []

afterEach(async () => {
  for (const one of open.splice(0)) await world.finish(one.close())
})

/** A controller, which knows no Metadata, and a client that was told of it under this key. */
async function setting(key: 'bootstrap.servers' | 'bootstrap.controllers') {
  const host = key.replace('.', '-')
  const versions = { Metadata: 'none', DescribeClientQuotas: 'none' } as const
  const peer = await world.finish(ScriptedPeer.listen(world, { host, versions }))
  peer.on(DescribeCluster, () => ({
    ...{ errorCode: 'NONE' as const, errorMessage: null, endpointType: 2, clusterId: 'c', controllerId: 7 },
    brokers: [{ brokerId: 7, host, port: 9092, rack: null }],
  }))
  peer.on(DescribeAcls, () => ({ errorCode: 'NONE' as const, errorMessage: null, resources: [] }))
  const admin = new Admin({ [key]: peer.address }, { world, logger: silentLogger })
  open.push(admin, peer)
  return admin
}

it('asks controllers what they answer, and says of the rest that brokers do', async () => {
  const admin = await setting('bootstrap.controllers')
  expect(await world.finish(admin.describeAcls({}))).toEqual([])
  const failure = await world.finish(admin.describeClientQuotas().catch(error => error))
  expect(failure.message).toBe(
    'UNSUPPORTED_ENDPOINT_TYPE: Controllers do not answer DescribeClientQuotas: ask brokers (bootstrap.servers).',
  )
})

it('takes who knows no metadata for a controller, and says so', async () => {
  const admin = await setting('bootstrap.servers')
  const failure = await world.finish(admin.listTopics().catch(error => error))
  expect(failure).toMatchObject({ code: 'UNSUPPORTED' })
  expect(failure.message).toContain('does not know Metadata: it seems to be a controller. Name brokers.')
})
