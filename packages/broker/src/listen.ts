import { type FrameLimits, type FrameListener, type FrameMemory, serveFrames } from '@samsa/net'
import { AdvertisedAddressHint } from './advertised-address-hint.ts'
import { clientConnection } from './client-connection.ts'
import type { ListenerConfig } from './config/listener-config.ts'
import type { LiveConfig } from './config/live-config.ts'
import type { ListenerEndpoint } from './listeners.ts'
import type { RequestRouter } from './request-router.ts'
import type { Services } from './services.ts'

function frameLimits(config: LiveConfig): Partial<FrameLimits> {
  return {
    maxFrameBytes: config.get('socket.request.max.bytes'),
    maxConnections: config.get('max.connections'),
    maxConnectionsPerIp: connectionsPerIp(config),
    idleMs: config.get('connections.max.idle.ms'),
  }
}

/** `max.connections.per.ip`, and what `max.connections.per.ip.overrides` says of single addresses. */
function connectionsPerIp(config: LiveConfig): (ip: string) => number {
  const overrides = new Map<string, number>()
  for (const entry of config.get('max.connections.per.ip.overrides').split(',')) {
    const at = entry.lastIndexOf(':')
    if (at > 0) overrides.set(entry.slice(0, at).trim(), Number(entry.slice(at + 1)))
  }
  return ip => overrides.get(ip) ?? config.get('max.connections.per.ip')
}

/** Binds one listener and makes it known. */
export async function listen(
  listener: ListenerConfig,
  router: RequestRouter,
  memory: FrameMemory,
  services: Services,
): Promise<FrameListener> {
  const { world, logger, config, listeners } = services
  const hint = new AdvertisedAddressHint(logger)
  const bound = await serveFrames({
    network: world.network,
    clock: world.clock,
    logger,
    listenerName: listener.name,
    address: listener.address,
    memory,
    limits: frameLimits(config),
    accept(connection) {
      if (!listener.isAdvertisedAsReached) hint.check(endpoint, connection.local)
      return router.connection(clientConnection(connection, listener.name))
    },
  })
  const { host } = listener.advertised
  const endpoint: ListenerEndpoint = {
    name: listener.name,
    securityProtocol: listener.securityProtocol,
    bound: bound.address,
    advertised: {
      host,
      port: listener.advertised.port === 0 ? bound.address.port : listener.advertised.port,
    },
    isAdvertisedAsReached: listener.isAdvertisedAsReached,
  }
  listeners.add(endpoint)
  config.onChange(() => Object.assign(bound.limits, frameLimits(config)))
  return bound
}
