import { type ConfigRow, parseConfig } from '@samsa/base'
import { type LogConfig, topicConfig } from '@samsa/log'
import { type BrokerConfig, brokerConfig } from './broker-config.ts'
import { textsOfListener } from './listener-keys.ts'

/** Texts by key, as files, variables and requests give them. */
export type ConfigTexts = Readonly<Record<string, string>>

/** Where a key's text came from, the strongest first: a dynamic value beats the one the broker was started with. */
export interface ConfigLayers {
  /** Set at run time for this broker. */
  readonly perBroker: ConfigTexts
  /** Set at run time for all brokers. */
  readonly clusterWide: ConfigTexts
  /** Given at start: file, variables, flags. */
  readonly atStart: ConfigTexts
}

/** The configuration of a running broker: what it was started with, under what was changed since (KIP-226). */
export class LiveConfig {
  #layers: ConfigLayers
  #values: BrokerConfig
  #topicDefaults: LogConfig
  readonly #listeners: (() => void)[] = []

  /** @param atStart texts given at start, already checked: those with a problem fall back to their default */
  constructor(atStart: ConfigTexts) {
    this.#layers = { perBroker: {}, clusterWide: {}, atStart }
    this.#values = valuesOf(this.#layers)
    this.#topicDefaults = topicDefaultsOf(this.#layers, this.#values)
  }

  get<Key extends keyof BrokerConfig>(key: Key): BrokerConfig[Key] {
    return this.#values[key]
  }

  get values(): BrokerConfig {
    return this.#values
  }

  /** What one listener goes by: its own keys (KIP-103) over those of all. */
  ofListener(name: string): BrokerConfig {
    return parseConfig(brokerConfig, textsOfListener(merged(this.#layers), name), this.#values).values
  }

  get layers(): ConfigLayers {
    return this.#layers
  }

  /** What a topic without overrides of its own goes by. */
  get topicDefaults(): LogConfig {
    return this.#topicDefaults
  }

  /** What a topic with these overrides goes by. */
  topicConfig(overrides: ConfigTexts): LogConfig {
    return parseConfig(topicConfig, overrides, this.#topicDefaults).values
  }

  /** Replaces the dynamic layers, and tells those who listen if that changes anything. */
  change(dynamic: Pick<ConfigLayers, 'perBroker' | 'clusterWide'>): void {
    const { perBroker, clusterWide } = this.#layers
    if (areAlike(dynamic.perBroker, perBroker) && areAlike(dynamic.clusterWide, clusterWide)) return
    this.#layers = { ...dynamic, atStart: this.#layers.atStart }
    this.#values = valuesOf(this.#layers)
    this.#topicDefaults = topicDefaultsOf(this.#layers, this.#values)
    for (const listener of this.#listeners) listener()
  }

  /** Calls back after each change, for as long as the broker runs. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener)
  }
}

function areAlike(one: ConfigTexts, other: ConfigTexts): boolean {
  const keys = Object.keys(one)
  return keys.length === Object.keys(other).length && keys.every(key => one[key] === other[key])
}

function merged({ atStart, clusterWide, perBroker }: ConfigLayers): ConfigTexts {
  return { ...atStart, ...clusterWide, ...perBroker }
}

function valuesOf(layers: ConfigLayers): BrokerConfig {
  return parseConfig(brokerConfig, merged(layers)).values
}

/** The topic table's defaults, each replaced by the first of its broker keys that is set. */
function topicDefaultsOf(layers: ConfigLayers, values: BrokerConfig): LogConfig {
  const texts = merged(layers)
  const defaults: Record<string, unknown> = {}
  for (const [key, row] of Object.entries<ConfigRow>(topicConfig)) {
    const synonym = row.broker?.find(({ key: brokerKey }) => brokerKey in texts)
    defaults[key] =
      synonym === undefined ? row.default : scaled(values[synonym.key as keyof BrokerConfig], synonym.times)
  }
  return defaults as LogConfig
}

/** A broker key in hours as a topic's milliseconds; -1 stays "without limit". */
function scaled(value: unknown, times: number): unknown {
  return typeof value === 'number' && value >= 0 ? value * times : value
}
