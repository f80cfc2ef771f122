import { silentLogger } from '@samsa/base'
import { type FrameListener, defaultLimits } from '@samsa/net'
import { describe, expect, it } from 'vitest'
import { LiveConfig } from './config/live-config.ts'
import { ConnectionLimits, type ResolveHost } from './connection-limits.ts'
import { ManualClock } from './testing/manual-clock.ts'

function limitsOf(texts: Record<string, string>, resolve: ResolveHost = async () => []) {
  const config = new LiveConfig(texts)
  const lines: string[] = []
  const clock = new ManualClock()
  const logger = { ...silentLogger, warn: (line: string) => void lines.push(line) }
  return { config, lines, clock, limits: new ConnectionLimits({ config, resolve, logger, clock }) }
}

function listener(connectionCount: number) {
  const connectionsFrom = (ip: string) => (ip === '10.0.0.1' ? connectionCount : 0)
  return {
    connectionCount,
    connectionsFrom,
    limits: { ...defaultLimits },
  } as unknown as FrameListener & { connectionCount: number }
}

describe('limits of connections', () => {
  it('count over all listeners, and for one where it has a key of its own', () => {
    const { limits, config } = limitsOf({
      'max.connections': '10',
      'listener.name.internal.max.connections': '3',
    })
    const [internal, external] = [listener(0), listener(4)]
    limits.add('INTERNAL', internal)
    limits.add('EXTERNAL', external)
    expect(internal.limits.maxConnections).toBe(3)
    expect(external.limits.maxConnections).toBe(10)
    Object.assign(external, { connectionCount: 9 })
    expect(internal.limits.maxConnections).toBe(1)
    config.change({ perBroker: {}, clusterWide: { 'listener.name.external.max.connections': '2' } })
    expect(external.limits.maxConnections).toBe(2)
  })

  it('from one address count over all listeners', () => {
    const { limits } = limitsOf({ 'max.connections.per.ip': '5' })
    const [internal, external] = [listener(0), listener(4)]
    limits.add('INTERNAL', internal)
    limits.add('EXTERNAL', external)
    const perIp = internal.limits.maxConnectionsPerIp as (ip: string) => number
    expect(['10.0.0.1', '10.0.0.2'].map(perIp)).toEqual([1, 5])
  })

  it('in a second are those of all listeners, and of one where it has a key of its own; they follow the configuration', () => {
    const { limits, config, clock } = limitsOf({
      'max.connection.creation.rate': '4',
      'listener.name.internal.max.connection.creation.rate': '2',
      'quota.window.num': '1',
    })
    const internal = limits.limitsOf('INTERNAL').connectionDelayMs!
    const external = limits.limitsOf('EXTERNAL').connectionDelayMs!
    expect([internal(), internal(), internal()]).toEqual([0, 0, 500])
    expect([external(), external(), external()]).toEqual([0, 250, 500])
    clock.spend(5000)
    config.change({
      perBroker: {},
      clusterWide: {
        'max.connection.creation.rate': '1000',
        'listener.name.internal.max.connection.creation.rate': '1',
      },
    })
    expect([internal(), internal()]).toEqual([0, 1000])
    expect([external(), external(), external()]).toEqual([0, 0, 0])
  })

  it('from one address have exceptions, by address and by host', async () => {
    const { limits, config, lines } = limitsOf(
      {
        'max.connections.per.ip': '5',
        'max.connections.per.ip.overrides': '10.0.0.1:7, [::1]:2, db:9, nowhere:1',
      },
      async host => {
        if (host !== 'db') throw new Error('no such host')
        return ['10.0.0.8', 'fe80::8']
      },
    )
    await limits.refresh()
    const perIp = limits.limitsOf('PLAINTEXT').maxConnectionsPerIp as (ip: string) => number
    expect(['10.0.0.1', '::1', '10.0.0.8', 'fe80::8', '10.0.0.2'].map(perIp)).toEqual([7, 2, 9, 9, 5])
    expect(lines).toEqual([expect.stringContaining('the host nowhere has no address')])
    config.change({ perBroker: {}, clusterWide: { 'max.connections.per.ip.overrides': '' } })
    await limits.refresh()
    expect(perIp('10.0.0.1')).toBe(5)
  })
})
