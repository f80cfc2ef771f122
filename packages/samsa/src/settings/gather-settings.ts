import { hostname } from 'node:os'
import { type ConfigProblem, parseConfig } from '@samsa/base'
import {
  type BrokerConfig,
  brokerConfig,
  checkBrokerConfig,
  dynamicBrokerConfig,
  listenerKeyProblem,
  listenerNames,
  listenersOf,
  withoutListener,
} from '@samsa/broker'
import { topicConfig } from '@samsa/log'
import { type Environment, settingsOfEnvironment } from './environment.ts'
import { withoutOldKeys } from './old-keys.ts'
import type { Setting } from './setting.ts'

/** Where settings come from, the weakest first. */
export interface SettingSources {
  /** Entries of a properties file; undefined when none was given. */
  readonly file?: readonly Setting[]
  readonly environment: Environment
  readonly flags: readonly Setting[]
}

export interface GatheredSettings {
  /** Every key that is set, known or not (Kafka lets plug-ins have keys of their own), as text. */
  readonly texts: Readonly<Record<string, string>>
  readonly values: BrokerConfig
  /** What was done with settings that needed a thought; a sentence each. */
  readonly notices: readonly string[]
  /** What is probably a mistake, but does not keep a node from starting. */
  readonly warnings: readonly string[]
  /** What keeps the node from starting: what is wrong, what is allowed, and where it was said. */
  readonly problems: readonly SettingProblem[]
}

export interface SettingProblem {
  readonly message: string
  readonly origin: string
}

/**
 * What `samsa start` sets when no properties file does: as in the file Kafka ships, a single consumer gets its
 * partitions at once instead of after three seconds.
 */
const withoutFile: readonly Setting[] = [
  {
    key: 'group.initial.rebalance.delay.ms',
    text: '0',
    origin: "Samsa's own settings without a properties file",
  },
]

/** Brings all sources together: later ones win, old keys become new ones, and everything is checked by the tables. */
export function gatherSettings(sources: SettingSources): GatheredSettings {
  const fromEnvironment = settingsOfEnvironment(sources.environment)
  const layers = [sources.file ?? withoutFile, fromEnvironment.settings, sources.flags]
  const current = withoutOldKeys(lastOfEachKey(layers.flat()))
  const settings = new Map(current.settings.map(setting => [setting.key, setting]))
  const derived = [nodeIdOfBrokerId(settings), listenersOfAdvertised(settings)].filter(it => it !== undefined)
  for (const setting of derived) settings.set(setting.key, setting)
  return {
    ...checked(settings),
    notices: [...repeatedKeys(sources.file ?? []), ...fromEnvironment.notices, ...current.notices],
  }
}

function lastOfEachKey(settings: readonly Setting[]): Setting[] {
  return [...new Map(settings.map(setting => [setting.key, setting])).values()]
}

function repeatedKeys(file: readonly Setting[]): string[] {
  const seen = new Map<string, Setting>()
  const notices: string[] = []
  for (const setting of file) {
    const earlier = seen.get(setting.key)
    if (earlier !== undefined)
      notices.push(`${setting.origin}: ${setting.key} replaces what ${earlier.origin} says.`)
    seen.set(setting.key, setting)
  }
  return notices
}

/** `broker.id` is the older name of `node.id`; -1 asked Kafka to find one. */
function nodeIdOfBrokerId(settings: ReadonlyMap<string, Setting>): Setting | undefined {
  const brokerId = settings.get('broker.id')
  if (brokerId === undefined || settings.has('node.id') || brokerId.text.trim() === '-1') return undefined
  return { ...brokerId, key: 'node.id' }
}

/**
 * Somebody who says what to advertise but not where to listen wants to be reached from outside, mostly of a container:
 * every advertised port is opened on every interface, or on the loopback address if that is what is advertised and
 * no variable of a container said so.
 */
function listenersOfAdvertised(settings: ReadonlyMap<string, Setting>): Setting | undefined {
  const advertised = settings.get('advertised.listeners')
  if (advertised === undefined || settings.has('listeners')) return undefined
  const isVariable = /^(KAFKA|SAMSA)_/.test(advertised.origin)
  const text = advertised.text.replaceAll(/:\/\/(\[[^\]]*\]|[^:,]*)(?=:\d)/g, (_, host: string) =>
    isLoopback(host) && !isVariable ? `://${host}` : '://0.0.0.0',
  )
  return { key: 'listeners', text, origin: advertised.origin }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.')
}

function checked(settings: ReadonlyMap<string, Setting>): Omit<GatheredSettings, 'notices'> {
  const texts = Object.fromEntries([...settings.values()].map(({ key, text }) => [key, text]))
  const { values, problems } = parseConfig(brokerConfig, texts)
  const wrong = problems.filter(({ kind }) => kind === 'wrong-value')
  const unknown = problems.filter(({ kind }) => kind === 'unknown-key')
  // A value that was refused stands at its default: what contradicts a default would only confuse.
  const contradicting =
    wrong.length > 0 ? [] : [...checkBrokerConfig(values), ...listenersOf(values, hostname).problems]
  return {
    texts,
    values,
    warnings: [
      ...unknown.flatMap(problem => warningOf(problem, settings.get(problem.key)!, listenerNames(values))),
      ...missingGuards(settings),
    ],
    problems: [...wrong, ...wrongForListeners(texts), ...contradicting].map(({ key, message }) => ({
      message,
      origin: originOf(key, settings),
    })),
  }
}

/** Values of keys for one listener that the key does not take. */
function wrongForListeners(texts: Readonly<Record<string, string>>): ConfigProblem[] {
  return Object.entries(texts).flatMap(([name, text]) => {
    const key = withoutListener(name)
    if (key === name) return []
    const { problems } = parseConfig(brokerConfig, { [key]: text })
    return problems.filter(({ kind }) => kind === 'wrong-value').map(problem => ({ ...problem, key: name }))
  })
}

function originOf(key: string, settings: ReadonlyMap<string, Setting>): string {
  return settings.get(key)?.origin ?? 'its default'
}

/** Keys that name a class which would keep clients from doing things. */
const guards = [
  'authorizer.class.name',
  'create.topic.policy.class.name',
  'alter.config.policy.class.name',
  'client.quota.callback.class',
]

/** Who relies on a guard has to know that there is none. */
function missingGuards(settings: ReadonlyMap<string, Setting>): string[] {
  return guards
    .map(key => settings.get(key))
    .filter(setting => setting !== undefined && setting.text.trim() !== '')
    .map(
      setting =>
        `${setting!.origin}: '${setting!.key}' has no effect in this version: clients may do what it would forbid.`,
    )
}

/** Keys that belong to a plug-in: its to know. */
const otherKeys = /^(rsm\.config|rlmm\.config|config\.providers)\./

function warningOf(
  { key, text, nearest }: ConfigProblem,
  { origin }: Setting,
  listeners: readonly string[],
): string[] {
  if (otherKeys.test(key)) return []
  if (key.startsWith('listener.name.')) {
    const problem = listenerKeyProblem(key, text, listeners)
    return problem === undefined ? [] : [`${origin}: ${problem.message}${didYouMean(problem.nearest)}`]
  }
  if (Object.hasOwn(dynamicBrokerConfig, key)) {
    return [`${origin}: '${key}' can only be set while the node runs, with kafka-configs. It is ignored.`]
  }
  if (Object.hasOwn(topicConfig, key)) {
    return [`${origin}: '${key}' is a key of topics. It is ignored${brokerKeyHint(key)}.`]
  }
  return [`${origin}: '${key}' is not a configuration key, and is ignored.${didYouMean(nearest)}`]
}

const didYouMean = (nearest: string | undefined) =>
  nearest === undefined ? '' : ` Did you mean '${nearest}'?`

function brokerKeyHint(key: string): string {
  const broker = topicConfig[key as keyof typeof topicConfig].broker?.[0]
  return broker === undefined ? '' : `; for all topics it is '${broker.key}'`
}
