import { type ConfigProblem, type ConfigRow, formatValue } from '@samsa/base'
import { type BrokerConfig, brokerConfig } from './broker-config.ts'

/** Keys that contradict each other, which their rows cannot see: what Kafka refuses, and a few it lets pass. */
export function checkBrokerConfig(config: BrokerConfig): ConfigProblem[] {
  return contradictions
    .filter(({ holds }) => !holds(config))
    .map(contradiction => problemOf(config, contradiction))
}

interface Contradiction {
  readonly key: keyof BrokerConfig
  holds(config: BrokerConfig): boolean
  readonly wanted: string
}

const contradictions: readonly Contradiction[] = [
  {
    key: 'broker.id',
    holds: config => config['broker.id'] === -1 || config['broker.id'] === config['node.id'],
    wanted: 'the same number as node.id, or not set',
  },
  {
    key: 'log.retention.ms',
    holds: config => isPositiveOrUnlimited(config['log.retention.ms']),
    wanted: 'at least 1, or -1 for no limit',
  },
  {
    key: 'log.retention.minutes',
    holds: config => isPositiveOrUnlimited(config['log.retention.minutes']),
    wanted: 'at least 1, or -1 for no limit',
  },
  {
    key: 'log.retention.hours',
    holds: config => isPositiveOrUnlimited(config['log.retention.hours']),
    wanted: 'at least 1, or -1 for no limit',
  },
  { key: 'log.roll.ms', holds: config => (config['log.roll.ms'] ?? 1) >= 1, wanted: 'at least 1' },
  {
    key: 'log.roll.jitter.ms',
    holds: config => (config['log.roll.jitter.ms'] ?? 0) >= 0,
    wanted: 'at least 0',
  },
  {
    key: 'log.cleaner.dedupe.buffer.size',
    holds: config => config['log.cleaner.dedupe.buffer.size'] > config['log.cleaner.threads'] * 1_048_576,
    wanted: 'more than 1048576 for each of the log.cleaner.threads',
  },
  {
    key: 'queued.max.request.bytes',
    holds: config =>
      config['queued.max.request.bytes'] <= 0 ||
      config['queued.max.request.bytes'] >= config['socket.request.max.bytes'],
    wanted: 'at least socket.request.max.bytes, or -1',
  },
  {
    key: 'max.connections.per.ip',
    holds: config =>
      config['max.connections.per.ip'] > 0 || config['max.connections.per.ip.overrides'] !== '',
    wanted: 'at least 1, unless max.connections.per.ip.overrides is set',
  },
  {
    key: 'max.connections.per.ip.overrides',
    holds: config => /^$|^[^,\s]+:\d+(\s*,\s*[^,\s]+:\d+)*$/.test(config['max.connections.per.ip.overrides']),
    wanted: 'host:count pairs separated by commas',
  },
  {
    key: 'group.min.session.timeout.ms',
    holds: config => config['group.min.session.timeout.ms'] <= config['group.max.session.timeout.ms'],
    wanted: 'at most group.max.session.timeout.ms',
  },
  {
    key: 'replica.fetch.wait.max.ms',
    holds: config =>
      config['replica.fetch.wait.max.ms'] <= config['replica.socket.timeout.ms'] &&
      config['replica.fetch.wait.max.ms'] <= config['replica.lag.time.max.ms'],
    wanted: 'at most replica.socket.timeout.ms and replica.lag.time.max.ms',
  },
  {
    key: 'connection.failed.authentication.delay.ms',
    holds: config =>
      config['connections.max.idle.ms'] < 0 ||
      config['connection.failed.authentication.delay.ms'] < config['connections.max.idle.ms'],
    wanted: 'less than connections.max.idle.ms',
  },
  {
    key: 'log.cleaner.min.compaction.lag.ms',
    holds: config =>
      config['log.cleaner.min.compaction.lag.ms'] <= config['log.cleaner.max.compaction.lag.ms'],
    wanted: 'at most log.cleaner.max.compaction.lag.ms',
  },
]

function isPositiveOrUnlimited(value: number | null): boolean {
  return value === null || value !== 0
}

function problemOf(config: BrokerConfig, { key, wanted }: Contradiction): ConfigProblem {
  const text = formatValue(brokerConfig[key] as ConfigRow, config[key]) ?? ''
  return {
    kind: 'wrong-value',
    key,
    text,
    message: `${key}: ${text} does not do here. Allowed: ${wanted}.`,
    allowed: wanted,
  }
}
