import type { ClusterFacts, Settings } from './cluster-facts.ts'
import { type Finding, findingOf } from './finding.ts'
import { nameOf } from './reach-checks.ts'

interface BrokerCheck extends Omit<Finding, 'items'> {
  readonly applies: (settings: Settings, brokers: number) => boolean
}

const checks: readonly BrokerCheck[] = [
  {
    level: 'hint',
    check: 'auto-create',
    what: 'Topics are made when somebody writes to a name: a misspelt one too.',
    toDo: 'Set auto.create.topics.enable=false where topics are made on purpose.',
    applies: settings => settings.get('auto.create.topics.enable') === 'true',
  },
  {
    level: 'warning',
    check: 'default-replication',
    what: 'Topics that are made without a replication factor get one replica.',
    toDo: 'Set default.replication.factor=3 (at most the number of brokers) and min.insync.replicas=2.',
    applies: (settings, brokers) => brokers > 1 && settings.get('default.replication.factor') === '1',
  },
  {
    level: 'warning',
    check: 'data-in-tmp',
    what: 'Records are kept below /tmp, which systems empty when they start or now and then.',
    toDo: 'Set log.dirs to a directory that stays.',
    applies: settings =>
      /(^|,)\s*\/(var\/)?tmp\//.test(settings.get('log.dirs') ?? settings.get('log.dir') ?? ''),
  },
]

/** Whether brokers are configured as one would want them. */
export function checkBrokers({ brokers, brokerSettings }: ClusterFacts): Finding[] {
  const smells = checks.flatMap(({ applies, ...finding }) => {
    const meant = brokers.filter(({ id }) => applies(brokerSettings.get(id) ?? new Map(), brokers.length))
    return findingOf(meant.map(nameOf), finding)
  })
  return [...smells, ...(brokers.length === 1 ? [oneBroker(nameOf(brokers[0]!))] : [])]
}

function oneBroker(name: string): Finding {
  return {
    level: 'hint',
    check: 'one-broker',
    what: 'The cluster is one broker: while it is away, everything is.',
    items: [name],
    toDo: 'Fine for development; elsewhere run three.',
  }
}
