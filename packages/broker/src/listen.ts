import { type FrameLimits, type FrameListener, type FrameMemory, serveFrames } from '@samsa/net'
import { AdvertisedAddressHint } from './advertised-address-hint.ts'
import { clientConnection } from './client-connection.ts'
import type { ListenerConfig } from './config/listener-config.ts'
import type { LiveConfig } from './config/live-config.ts'
import type { ConnectionLimits } from './connection-limits.ts'
import type { ListenerEndpoint } from './listeners.ts'
import type { RequestRouter } from './request-router.ts'
import type { Services } from './services.ts'

function frameLimits(config: LiveConfig): Partial<FrameLimits> {
  return {
    maxFrameBytes: config.get('socket.request.max.bytes'),
    idleMs: config.get('connections.max.idle.ms'),
  }
}

/** Binds one listener and makes it known. */
export async function listen(
  listener: ListenerConfig,
  router: RequestRouter,
  memory: FrameMemory,
  connectionLimits: ConnectionLimits,
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
    limits: { ...frameLimits(config), ...connectionLimits.limitsOf(listener.name) },
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
  connectionLimits.add(listener.name, bound)
  config.onChange(() => Object.assign(bound.limits, frameLimits(config)))
  return bound
}
