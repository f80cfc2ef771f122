import { type ConfigRow, type ConfigTable, formatValue, parseConfig, rowOf } from '@samsa/base'
import type { ConfigValue } from '@samsa/cluster'
import { groupConfig } from '@samsa/coordinators'
import { topicConfig } from '@samsa/log'
import { withoutListener } from '../config/listener-keys.ts'
import type { ConfigLayers, ConfigTexts, LiveConfig } from '../config/live-config.ts'
import { allBrokerKeys } from './check-config.ts'
import { clientMetricsConfig } from './client-metrics-config.ts'

/** Where a value comes from, by the codes of DescribeConfigs. */
export const configSource = {
  TOPIC: 1,
  DYNAMIC_BROKER: 2,
  DYNAMIC_DEFAULT_BROKER: 3,
  STATIC_BROKER: 4,
  DEFAULT: 5,
  CLIENT_METRICS: 7,
  GROUP: 8,
} as const

const typeCodes = {
  BOOLEAN: 1,
  STRING: 2,
  INT: 3,
  SHORT: 4,
  LONG: 5,
  DOUBLE: 6,
  LIST: 7,
  CLASS: 8,
  PASSWORD: 9,
} as const
const UNKNOWN_TYPE = 0

/** One key as DescribeConfigs shows it. */
export interface DescribedKey {
  readonly name: string
  /** Null when it is not set, or secret. */
  readonly value: string | null
  readonly source: number
  readonly isReadOnly: boolean
  readonly isSensitive: boolean
  /** Every layer that gives a value, the one that counts first. */
  readonly synonyms: readonly Synonym[]
  readonly type: number
  readonly documentation: string | null
}

export interface Synonym {
  readonly name: string
  readonly value: string | null
  readonly source: number
}

/** A topic's configuration: its overrides over what the broker's keys make the default. */
export function describeTopicConfig(overrides: ConfigValue, config: LiveConfig): DescribedKey[] {
  const values = config.topicConfig(overrides)
  return describeTable(topicConfig, values, overrides, name => {
    const row = topicConfig[name as keyof typeof topicConfig] as ConfigRow
    const below = brokerSynonyms(row.broker?.map(({ key }) => key) ?? [], config.layers)
    return withOverride(row, name, values, overrides, configSource.TOPIC, below)
  })
}

/** A group's configuration: its overrides over the broker's defaults for all groups. */
export function describeGroupConfig(overrides: ConfigValue, config: LiveConfig): DescribedKey[] {
  const defaults = Object.fromEntries(
    Object.entries<ConfigRow>(groupConfig).map(([name, row]) => {
      const key = row.broker?.[0]?.key
      return [name, key === undefined ? row.default : config.values[key as keyof typeof config.values]]
    }),
  )
  const { values } = parseConfig(groupConfig, overrides, defaults as never)
  return describeTable(groupConfig, values, overrides, name => {
    const row = groupConfig[name as keyof typeof groupConfig] as ConfigRow
    const below =
      row.broker === undefined
        ? [{ name, value: formatValue(row, row.default), source: configSource.DEFAULT }]
        : brokerSynonyms([row.broker[0]!.key], config.layers)
    return withOverride(row, name, values, overrides, configSource.GROUP, below)
  })
}

/** A subscription to clients' metrics; undefined keys show their defaults. */
export function describeClientMetricsConfig(overrides: ConfigValue): DescribedKey[] {
  const { values } = parseConfig(clientMetricsConfig, overrides)
  return describeTable(clientMetricsConfig, values, overrides, name => {
    const row = clientMetricsConfig[name as keyof typeof clientMetricsConfig] as ConfigRow
    return withOverride(row, name, values, overrides, configSource.CLIENT_METRICS, [])
  })
}

/** All keys of this broker. */
export function describeBrokerConfig(config: LiveConfig): DescribedKey[] {
  const { layers } = config
  const set = { ...layers.atStart, ...layers.clusterWide, ...layers.perBroker }
  const names = new Set([...Object.keys(config.values), ...Object.keys(set)])
  return [...names]
    .filter(name => isShown(rowOf(allBrokerKeys, name), name, set))
    .map(name => describeBrokerKey(name, config, synonyms => synonyms))
}

/** The keys set at run time for all brokers. */
export function describeBrokerDefaults(config: LiveConfig): DescribedKey[] {
  return Object.keys(config.layers.clusterWide).map(name =>
    describeBrokerKey(name, config, synonyms =>
      synonyms.filter(({ source }) => source === configSource.DYNAMIC_DEFAULT_BROKER),
    ),
  )
}

function describeBrokerKey(
  name: string,
  config: LiveConfig,
  select: (synonyms: readonly Synonym[]) => readonly Synonym[],
): DescribedKey {
  const row = rowOf(allBrokerKeys, withoutListener(name))
  const synonyms = select(brokerSynonyms(synonymNames(name), config.layers))
  return {
    name,
    value: isHidden(row) ? null : brokerValue(name, row!, config, synonyms[0]),
    source: synonyms[0]?.source ?? configSource.DEFAULT,
    isReadOnly: row === undefined || row.live === 'read-only',
    isSensitive: isHidden(row),
    synonyms,
    type: row === undefined ? UNKNOWN_TYPE : typeCodes[row.type],
    documentation: row?.doc ?? null,
  }
}

// What one layer says counts as its text; what this broker goes by, the value it made of all layers, only when that is
// not one layer's: log.retention.ms not set here nor there, for instance.
function brokerValue(
  name: string,
  row: ConfigRow,
  config: LiveConfig,
  first: Synonym | undefined,
): string | null {
  if (first !== undefined) return first.value
  const values: Readonly<Record<string, unknown>> = config.values
  return formatValue(row, values[name])
}

/** Keys that stand in for a key that is not set; the first is the key itself. */
const stands: Readonly<Record<string, readonly string[]>> = {
  'log.retention.ms': ['log.retention.ms', 'log.retention.minutes', 'log.retention.hours'],
  'log.retention.minutes': ['log.retention.minutes', 'log.retention.hours'],
  'log.roll.ms': ['log.roll.ms', 'log.roll.hours'],
  'log.roll.jitter.ms': ['log.roll.jitter.ms', 'log.roll.jitter.hours'],
  'log.flush.interval.ms': ['log.flush.interval.ms', 'log.flush.scheduler.interval.ms'],
}

function synonymNames(name: string): readonly string[] {
  const base = withoutListener(name)
  return base === name ? (stands[name] ?? [name]) : [name, base]
}

/**
 * What each layer says of a key and of those that stand in for it, the strongest first. As in Kafka the list begins
 * with the key itself: while only a stand-in gives a value, it is empty.
 */
function brokerSynonyms(names: readonly string[], layers: ConfigLayers): Synonym[] {
  const levels: readonly [ConfigTexts, number][] = [
    [layers.perBroker, configSource.DYNAMIC_BROKER],
    [layers.clusterWide, configSource.DYNAMIC_DEFAULT_BROKER],
    [layers.atStart, configSource.STATIC_BROKER],
  ]
  const found: Synonym[] = []
  for (const [texts, source] of levels) {
    for (const name of names) if (Object.hasOwn(texts, name)) found.push(synonym(name, texts[name]!, source))
  }
  for (const name of names) {
    const row = rowOf(allBrokerKeys, name)
    const value = row === undefined ? null : formatValue(row, row.default)
    if (value !== null) found.push(synonym(name, value, configSource.DEFAULT))
  }
  const first = found.findIndex(({ name }) => name === names[0])
  return first === -1 ? [] : found.slice(first)
}

function synonym(name: string, value: string, source: number): Synonym {
  return { name, value: isHidden(rowOf(allBrokerKeys, withoutListener(name))) ? null : value, source }
}

function withOverride(
  row: ConfigRow,
  name: string,
  values: object,
  overrides: ConfigValue,
  source: number,
  below: readonly Synonym[],
): readonly Synonym[] {
  if (!Object.hasOwn(overrides, name)) return below
  return [{ name, value: formatValue(row, (values as Record<string, unknown>)[name]), source }, ...below]
}

function describeTable(
  table: ConfigTable,
  values: object,
  overrides: ConfigValue,
  synonymsOf: (name: string) => readonly Synonym[],
): DescribedKey[] {
  return Object.entries(table)
    .filter(([name, row]) => isShown(row, name, overrides))
    .map(([name, row]) => {
      const synonyms = synonymsOf(name)
      return {
        name,
        value: isHidden(row) ? null : formatValue(row, (values as Record<string, unknown>)[name]),
        source: synonyms[0]?.source ?? configSource.DEFAULT,
        isReadOnly: false,
        isSensitive: isHidden(row),
        synonyms,
        type: typeCodes[row.type],
        documentation: row.doc,
      }
    })
}

/** Internal keys are shown to those who set them. */
function isShown(row: ConfigRow | undefined, name: string, set: ConfigTexts): boolean {
  return row?.internal !== true || Object.hasOwn(set, name)
}

/** Secrets, and keys whose meaning is not known, are not shown. */
function isHidden(row: ConfigRow | undefined): boolean {
  return row === undefined || row.type === 'PASSWORD'
}
