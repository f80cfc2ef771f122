import {
  type ConfigProblem,
  type ConfigTable,
  configTable,
  firstProblem,
  parseConfig,
  rowOf,
} from '@samsa/base'
import {
  ALL_BROKERS,
  type ConfigResource,
  type ConfigSchema,
  type ConfigValue,
  type Outcome,
  topicNameProblem,
} from '@samsa/cluster'
import { groupConfig } from '@samsa/coordinators'
import { topicConfig } from '@samsa/log'
import type { ErrorName } from '@samsa/protocol'
import { brokerConfig } from '../config/broker-config.ts'
import { checkBrokerConfig } from '../config/check-broker-config.ts'
import { dynamicBrokerConfig } from '../config/dynamic-broker-config.ts'
import { listenerNames } from '../config/listener-config.ts'
import { listenerKeyProblem, withoutListener } from '../config/listener-keys.ts'
import type { ConfigTexts, LiveConfig } from '../config/live-config.ts'
import { clientMetricsConfig } from './client-metrics-config.ts'
import { groupContradiction } from './group-contradiction.ts'

/** Everything an AlterConfigs request may name for a broker. */
export const allBrokerKeys = configTable({ ...brokerConfig, ...dynamicBrokerConfig })

const tables: Readonly<Record<ConfigResource['type'], ConfigTable>> = {
  topic: topicConfig,
  broker: allBrokerKeys,
  group: groupConfig,
  'client-metrics': clientMetricsConfig,
}

/** Judges configurations by the tables, as Kafka judges them; its words are better where it only says what is wrong. */
export function configSchema(config: LiveConfig): ConfigSchema {
  return {
    listDefault: ({ type }, name) => {
      const row = rowOf(tables[type], withoutListener(name))
      return row?.type === 'LIST' ? ((row.default as readonly string[] | null) ?? []).join(',') : undefined
    },
    check: (resource, entries, before) => checks[resource.type](resource, entries, config, before),
  }
}

type Check = (
  resource: ConfigResource,
  entries: ConfigValue,
  config: LiveConfig,
  before: ConfigValue,
) => Outcome | undefined

const checks: Readonly<Record<ConfigResource['type'], Check>> = {
  topic: (resource, entries, config) => {
    if (resource.name === '') return refuse('INVALID_REQUEST', 'Default topic resources are not allowed.')
    const problem = topicNameProblem(resource.name)
    return problem === undefined
      ? checkTopicConfig(entries, config)
      : refuse('INVALID_TOPIC_EXCEPTION', problem)
  },
  group: (resource, entries, config) => {
    if (resource.name === '') return refuse('INVALID_REQUEST', 'Default group resources are not allowed.')
    const message =
      firstProblem(groupConfig, entries)?.message ??
      groupContradiction(parseConfig(groupConfig, entries).values, config.values)
    return message === undefined ? undefined : refuse('INVALID_CONFIG', message)
  },
  'client-metrics': (resource, entries) => {
    if (resource.name === '') {
      return refuse('INVALID_REQUEST', 'Client metrics subscription name must not be empty')
    }
    const problem = firstProblem(clientMetricsConfig, entries)
    if (problem === undefined) return undefined
    return refuse(problem.key === 'match' ? 'INVALID_CONFIG' : 'INVALID_REQUEST', problem.message)
  },
  broker: checkBroker,
}

/**
 * Judges a topic's overrides: undefined when each key is known, its value allowed, and they agree with each other and
 * with the broker's defaults.
 */
export function checkTopicConfig(entries: ConfigTexts, config: LiveConfig): Outcome | undefined {
  const problem = firstProblem(topicConfig, entries)
  if (problem !== undefined) return refuse('INVALID_CONFIG', problem.message)
  const values = config.topicConfig(entries)
  const minLag = values['min.compaction.lag.ms']
  const maxLag = values['max.compaction.lag.ms']
  if (minLag > maxLag) {
    const message = `conflict topic config setting min.compaction.lag.ms (${minLag}) > max.compaction.lag.ms (${maxLag})`
    return refuse('INVALID_CONFIG', message)
  }
  if (values['remote.storage.enable']) {
    const message =
      'Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.'
    return refuse('INVALID_CONFIG', message)
  }
  return undefined
}

/** Kafka opens and closes listeners while it runs; here they are bound at start. */
const NEEDS_RESTART: ReadonlySet<string> = new Set(['listeners', 'listener.security.protocol.map'])

/** Given at start, 0 counts; a running broker, as Kafka's, is not told to take no connections any more. */
const AT_LEAST_ONE: ReadonlySet<string> = new Set(['max.connections', 'max.connection.creation.rate'])

function checkBroker(
  resource: ConfigResource,
  entries: ConfigValue,
  config: LiveConfig,
  before: ConfigValue,
): Outcome | undefined {
  const names = Object.keys(entries)
  const fixed = names.filter(name => rowOf(allBrokerKeys, withoutListener(name))?.live === 'read-only')
  if (fixed.length > 0) {
    return refuse('INVALID_REQUEST', `Cannot update these configs dynamically: [${fixed.join(', ')}]`)
  }
  const atRestart = names.filter(name => NEEDS_RESTART.has(name) && entries[name] !== before[name])
  if (atRestart.length > 0) {
    const message = `Cannot update these configs dynamically: [${atRestart.join(', ')}]. Give them to the broker at its next start.`
    return refuse('INVALID_REQUEST', message)
  }
  const isForAll = resource.name === ALL_BROKERS
  const perBroker = names.filter(name => rowOf(allBrokerKeys, withoutListener(name))?.live === 'per-broker')
  if (isForAll && perBroker.length > 0) {
    const message = `Cannot update these configs at default cluster level, broker id must be specified: [${perBroker.join(', ')}]`
    return refuse('INVALID_REQUEST', message)
  }
  const problem = keyProblem(entries, config)
  if (problem !== undefined) return refuse(errorOf(problem), problem.message)
  const none = names.find(name => AT_LEAST_ONE.has(withoutListener(name)) && Number(entries[name]) < 1)
  if (none !== undefined)
    return refuse('INVALID_REQUEST', `${none}: ${entries[none]} is too small. Allowed: at least 1.`)
  return contradiction(entries, isForAll, config, before)
}

function keyProblem(entries: ConfigValue, config: LiveConfig): ConfigProblem | undefined {
  const listeners = listenerNames(config.values)
  for (const [name, text] of Object.entries(entries)) {
    const ofListener = listenerKeyProblem(name, text, listeners)
    if (ofListener !== undefined)
      return { ...ofListener, message: `${ofListener.message}${hint(ofListener)}` }
    const problem = firstProblem(allBrokerKeys, { [withoutListener(name)]: text })
    if (problem !== undefined) return problem
  }
  return undefined
}

const hint = ({ nearest }: ConfigProblem) => (nearest === undefined ? '' : ` Did you mean '${nearest}'?`)

// Kafka says INVALID_REQUEST to wrong values of a broker's keys; it takes unknown keys, which here are refused.
function errorOf(problem: ConfigProblem): ErrorName {
  return problem.kind === 'unknown-key' ? 'INVALID_CONFIG' : 'INVALID_REQUEST'
}

/** Contradictions that the change would bring; those that were there before are not its fault. */
function contradiction(
  entries: ConfigValue,
  isForAll: boolean,
  config: LiveConfig,
  before: ConfigValue,
): Outcome | undefined {
  const { atStart, clusterWide, perBroker } = config.layers
  const layered = (own: ConfigValue) =>
    isForAll ? { ...atStart, ...own, ...perBroker } : { ...atStart, ...clusterWide, ...own }
  const problemsWith = (own: ConfigValue) =>
    checkBrokerConfig(parseConfig(brokerConfig, layered(own)).values).map(({ message }) => message)
  const old = new Set(problemsWith(before))
  const message = problemsWith(entries).find(problem => !old.has(problem))
  return message === undefined ? undefined : refuse('INVALID_REQUEST', message)
}

function refuse(error: ErrorName, message: string): Outcome {
  return { error, message }
}
