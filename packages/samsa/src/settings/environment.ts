import { nearestName } from '@samsa/base'
import { brokerConfig } from '@samsa/broker'
import { oldKeyNames } from './old-keys.ts'
import type { Setting, SettingsWithNotices } from './setting.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Prefixes in order: a later one wins. Apache's and Confluent's images, Bitnami's, our own. */
const prefixes = ['KAFKA_', 'KAFKA_CFG_', 'SAMSA_'] as const

/**
 * Variables that set no key, and are not misspelt ones either: the JVM's, logging's, the images' own scripts', those of
 * the services around a broker, and what Kubernetes sets for a service that happens to be named `kafka`.
 */
const otherVariables = [
  /^KAFKA_(HEAP_OPTS|OPTS|JVM_PERFORMANCE_OPTS|GC_LOG_OPTS|DEBUG|CLASSPATH|EXTRA_FLAGS)$/,
  /^KAFKA_(JMX|LOG4J|TOOLS_LOG4J|DAEMON|KRAFT|CLIENT|CONTROLLER|INTER_BROKER|TLS|SKIP|INIT|ENABLE)_/,
  /^KAFKA_(HOME|VERSION|SCALA_VERSION|CLUSTER_ID|ZOOKEEPER_PROTOCOL|(BASE|CONF|MOUNTED_CONF|VOLUME|DATA)_DIR)$/,
  /^KAFKA_(SERVICE|PORT_\d+|REST|CONNECT|SCHEMA_REGISTRY|CREATE_TOPICS)(_|$)/,
  /^KAFKA_.*_(COMMAND|FILE)$/,
  /^SAMSA_(KAFKA_FACTS|BENCH|TEST)/,
]

/**
 * Reads the variables the common container images take as settings: `KAFKA_ADVERTISED_LISTENERS` sets
 * `advertised.listeners`. `___` stands for `-`, `__` for `_`, `_` for `.`.
 *
 * A variable that sets no known key but resembles one is told of; the others may be custom keys, or mean something to
 * another program, and are passed over.
 */
export function settingsOfEnvironment(environment: Environment): SettingsWithNotices {
  const notices: string[] = []
  const settings: Setting[] = []
  for (const prefix of prefixes) {
    for (const name of Object.keys(environment).sort()) {
      if (prefixOf(name) !== prefix) continue
      const setting = { key: keyOf(name.slice(prefix.length)), text: environment[name]!, origin: name }
      if (isFromKubernetes(setting)) continue
      if (isKnown(setting.key)) settings.push(setting)
      else notices.push(...hintFor(setting, prefix))
    }
  }
  return { settings, notices: [...notices, ...switchNotices(environment)] }
}

function prefixOf(name: string): string | undefined {
  return prefixes.findLast(prefix => name.startsWith(prefix))
}

function keyOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll('___', '-')
    .replaceAll(/__|_/g, run => (run === '__' ? '_' : '.'))
}

function variableOf(prefix: string, key: string): string {
  return prefix + key.replaceAll('_', '__').replaceAll('-', '___').replaceAll('.', '_').toUpperCase()
}

function isKnown(key: string): boolean {
  return Object.hasOwn(brokerConfig, key) || oldKeyNames.has(key) || /^(listener\.name|zookeeper)\./.test(key)
}

/** A Kubernetes service named `kafka` sets KAFKA_PORT to an address, such as tcp://10.0.0.1:9092. */
function isFromKubernetes({ key, text }: Setting): boolean {
  return key === 'port' && text.startsWith('tcp://')
}

function hintFor({ key, origin }: Setting, prefix: string): string[] {
  if (otherVariables.some(pattern => pattern.test(origin))) return []
  const nearest = nearestName(key, Object.keys(brokerConfig))
  if (nearest === undefined) return []
  return [`${origin} sets no configuration key and is ignored. Did you mean ${variableOf(prefix, nearest)}?`]
}

/** Bitnami's switches ask for what Samsa does anyway, and are taken without a word unless they forbid it. */
function switchNotices(environment: Environment): string[] {
  return ['ALLOW_PLAINTEXT_LISTENER', 'ALLOW_ANONYMOUS_LOGIN']
    .filter(name => /^(no|false|0)$/i.test(environment[name] ?? ''))
    .map(name => `${name} is ignored: set listeners and their security protocols instead.`)
}
