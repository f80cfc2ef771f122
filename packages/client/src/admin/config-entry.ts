/** Where a value comes from, by the numbers on the wire. */
const sources = [
  'UNKNOWN',
  'DYNAMIC_TOPIC_CONFIG',
  'DYNAMIC_BROKER_CONFIG',
  'DYNAMIC_DEFAULT_BROKER_CONFIG',
  'STATIC_BROKER_CONFIG',
  'DEFAULT_CONFIG',
  'DYNAMIC_BROKER_LOGGER_CONFIG',
  'DYNAMIC_CLIENT_METRICS_CONFIG',
  'DYNAMIC_GROUP_CONFIG',
] as const
/** Where the value of a configuration key comes from. */
export type ConfigSource = (typeof sources)[number]

/** Types of values, by the numbers on the wire. */
const types = [
  'UNKNOWN',
  'BOOLEAN',
  'STRING',
  'INT',
  'SHORT',
  'LONG',
  'DOUBLE',
  'LIST',
  'CLASS',
  'PASSWORD',
] as const
/** The type of a configuration key's values. */
export type ConfigType = (typeof types)[number]

/** One of the places a key's value may come from, the winning one first. */
export interface ConfigSynonym {
  readonly name: string
  readonly value: string | null
  readonly source: ConfigSource
}

/** A configuration key of a resource and its value. */
export interface ConfigEntry {
  readonly name: string
  /** Null when it is not set, or is a secret. */
  readonly value: string | null
  readonly source: ConfigSource
  /** The value is the software's default. */
  readonly isDefault: boolean
  readonly isReadOnly: boolean
  /** The value is a secret and never told. */
  readonly isSensitive: boolean
  /** UNKNOWN where the broker does not tell. */
  readonly type: ConfigType
  /** Only when asked for. */
  readonly documentation: string | undefined
  /** Only when asked for. */
  readonly synonyms: readonly ConfigSynonym[]
}

interface EntryAnswer {
  readonly name: string
  readonly value: string | null
  readonly readOnly: boolean
  readonly isSensitive: boolean
  readonly configSource: number
  readonly isDefault?: boolean
  readonly configType?: number
  readonly documentation?: string | null
  readonly synonyms?: readonly {
    readonly name: string
    readonly value: string | null
    readonly source: number
  }[]
}

/** A configuration entry of a response. */
export function configEntryOf(answer: EntryAnswer): ConfigEntry {
  const isDefault = answer.isDefault === true || sourceOf(answer.configSource) === 'DEFAULT_CONFIG'
  return {
    name: answer.name,
    value: answer.value,
    source: isDefault ? 'DEFAULT_CONFIG' : sourceOf(answer.configSource),
    isDefault,
    isReadOnly: answer.readOnly,
    isSensitive: answer.isSensitive,
    type: types[answer.configType ?? 0] ?? 'UNKNOWN',
    documentation: answer.documentation || undefined,
    synonyms: (answer.synonyms ?? []).map(synonym => ({ ...synonym, source: sourceOf(synonym.source) })),
  }
}

function sourceOf(code: number): ConfigSource {
  return sources[code] ?? 'UNKNOWN'
}
