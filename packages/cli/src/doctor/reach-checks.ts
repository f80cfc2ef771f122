import type { BrokerNode } from '@samsa/client'
import type { ClusterFacts } from './cluster-facts.ts'
import { type Finding, findingOf } from './finding.ts'

/** Whether clients get through to every broker at the address it tells them. */
export function checkReach(facts: ClusterFacts): Finding[] {
  return [...unreached(facts), ...advertisedLoopback(facts), ...unknown(facts)]
}

function unreached({ brokers, unreached }: ClusterFacts): Finding[] {
  return brokers
    .filter(({ id }) => unreached.has(id))
    .map(broker => ({
      level: 'problem',
      check: 'advertised-address',
      what: `Broker ${broker.id} tells clients to connect to ${addressOf(broker)}, and does not answer there: ${unreached.get(broker.id)!.message}`,
      items: [`broker ${broker.id}`],
      toDo: 'Set advertised.listeners of the broker to a name or address that is reached from here, and start it if it is down.',
    }))
}

/** From another machine `localhost` leads to oneself. */
function advertisedLoopback({ brokers, bootstrapServers }: ClusterFacts): Finding[] {
  const isAskedFromHere = bootstrapServers.split(',').some(server => isLoopback(server.trim()))
  const items = brokers.filter(broker => !isAskedFromHere && isLoopback(addressOf(broker))).map(nameOf)
  return findingOf(items, {
    level: 'problem',
    check: 'advertised-loopback',
    what: `The cluster is reached at ${bootstrapServers}, but tells clients to connect to their own machine.`,
    toDo: 'Set advertised.listeners to a name or address that other machines know.',
  })
}

function unknown({ unknown }: ClusterFacts): Finding[] {
  return unknown.map(({ what, error }) => ({
    level: 'warning',
    check: 'not-told',
    what: `${what} could not be looked at: ${error.message}`,
    items: [],
    toDo: 'Look at the brokers first, or ask as a user who may see it (--command-config).',
  }))
}

function isLoopback(address: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?):\d+$/i.test(address)
}

const addressOf = ({ host, port }: BrokerNode) => `${host}:${port}`
export const nameOf = ({ id }: Pick<BrokerNode, 'id'>) => `broker ${id}`
