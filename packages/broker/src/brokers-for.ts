import type { RequestContext } from './handler.ts'

/** A broker as one client is to reach it. */
export interface ReachableBroker {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
}

/**
 * The brokers as the asking client reaches them: by the listener it came through itself, and where nothing names this
 * broker, by the very address the client came to.
 */
export function brokersFor({ metadata, listeners, client }: RequestContext): ReachableBroker[] {
  const own = listeners.get(client.listenerName)
  return metadata
    .image()
    .brokers()
    .flatMap(({ id, rack, endpoints }) => {
      const endpoint = endpoints.find(({ listener }) => listener === client.listenerName)
      if (endpoint === undefined) return []
      const isOwn = id === metadata.controllerId && own?.isAdvertisedAsReached === true
      return [{ nodeId: id, host: isOwn ? client.reached.host : endpoint.host, port: endpoint.port, rack }]
    })
}
