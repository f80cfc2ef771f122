import { type Connection, type Network, NetworkError, type TlsOptions, simulatedWorld } from '@samsa/base'
import { describe, expect, it } from 'vitest'
import { clientConfig } from '../config/client-config.ts'
import { type ConfigEntries, readConfig } from '../config/read-config.ts'
import { Transport } from './transport.ts'

const world = simulatedWorld(6)

/** A network in which only some addresses answer, and which notes who was asked. */
function networkOf(names: Record<string, string[]>, alive: string[]) {
  const asked: string[] = []
  const network: Network = {
    listen: () => Promise.reject(new Error('a client does not listen')),
    connect: async ({ host }, options) => {
      asked.push(`${host} ${(options?.tls as TlsOptions | undefined)?.serverName ?? ''}`.trim())
      if (!alive.includes(host)) throw new NetworkError('REFUSED', `nothing listens at ${host}`)
      return { remote: { host, port: 1 } } as Connection
    },
    resolve: async host => names[host] ?? [],
    canonicalName: async address => `canonical-${address}`,
  }
  return { network, asked }
}

function transportOn(network: Network, entries: ConfigEntries<typeof clientConfig> = {}): Transport {
  return new Transport(world.clock, network, readConfig(clientConfig, entries))
}

const bootstrap = { nodeId: -1, host: 'kafka', port: 1, rack: null, origin: 'bootstrap.servers' }
const names = { kafka: ['10.0.0.1', '10.0.0.2', '10.0.0.3'] }

describe('the transport', () => {
  it('tries each address of a name, and next time the one that answered first', async () => {
    const { network, asked } = networkOf(names, ['10.0.0.2'])
    const transport = transportOn(network)
    await transport.connect(bootstrap, 1000)
    await transport.connect(bootstrap, 1000)
    expect(asked).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.2'])
  })

  it('tells what was wrong with each when none answers', async () => {
    const { network } = networkOf(names, [])
    await expect(transportOn(network).connect(bootstrap, 1000)).rejects.toThrow(
      'nothing listens at 10.0.0.1; nothing listens at 10.0.0.2; nothing listens at 10.0.0.3',
    )
  })

  it('checks certificates against the name, or the canonical one of a bootstrap server where that is wanted', async () => {
    const { network, asked } = networkOf(names, ['10.0.0.1'])
    const tls = { 'security.protocol': 'SSL' }
    await transportOn(network, tls).connect(bootstrap, 1000)
    const canonical = { ...tls, 'client.dns.lookup': 'resolve_canonical_bootstrap_servers_only' }
    await transportOn(network, canonical).connect(bootstrap, 1000)
    await transportOn(network, canonical).connect({ ...bootstrap, nodeId: 1 }, 1000)
    expect(asked).toEqual(['10.0.0.1 kafka', '10.0.0.1 canonical-10.0.0.1', '10.0.0.1 kafka'])
  })
})
