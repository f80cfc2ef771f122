import { isIP } from 'node:net'
import { NetworkError, realWorld } from '@samsa/base'
import { FailedError, type Io } from './command/command.ts'

/**
 * Throws `FailedError` when there is no host by any of the names that a client is to begin with: waiting helps where a broker
 * is to start yet, but not with a name that is spelled wrong. Kafka's clients refuse such a configuration at once as well.
 *
 * @param entries the client's configuration
 */
export async function checkHosts(entries: Readonly<Record<string, string>>, io: Io): Promise<void> {
  const servers = entries['bootstrap.controllers'] ?? entries['bootstrap.servers'] ?? ''
  const hosts = servers.split(',').map(hostOf)
  if (hosts.some(host => host === undefined || isIP(host) !== 0)) return
  const network = io.outside.network ?? (io.outside.world ?? realWorld()).network
  if (network.resolve === undefined) return
  const looking = hosts.map(host => network.resolve!(host!))
  const found = await Promise.allSettled(looking)
  if (!found.every(isUnknown)) return
  throw new FailedError(
    `No resolvable bootstrap urls given in bootstrap.servers: there is no host ${hosts.join(', nor ')}. Check the spelling, and that this machine's name server or hosts file knows it.`,
  )
}

/** Undefined for what is no `host:port`, of which the client says more. */
function hostOf(server: string): string | undefined {
  const [, protocolless, bracketed] = /^\s*(?:\w+:\/\/)?(?:([^:[\]]+)|\[(.+)\]):\d+\s*$/.exec(server) ?? []
  return protocolless ?? bracketed
}

/** The name does not exist; a name server that does not answer now may do so later (EAI_AGAIN). */
function isUnknown(outcome: PromiseSettledResult<unknown>): boolean {
  if (outcome.status === 'fulfilled') return false
  const { reason } = outcome
  if (!(reason instanceof NetworkError) || reason.code !== 'HOST_NOT_FOUND') return false
  return (reason.cause as { code?: unknown } | undefined)?.code !== 'EAI_AGAIN'
}
