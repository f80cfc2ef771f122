/**
 * One row of a configuration table: everything the platform knows about a key (decision D11).
 *
 * Parsing, messages, DescribeConfigs, the console's forms and the reference pages are all read off it. `type` is
 * Kafka's own, so that DescribeConfigs answers as Kafka does; what a value means for people is in `unit`.
 */
export interface ConfigRow<T = unknown> {
  readonly type: ConfigType
  readonly default: T
  readonly importance: Importance
  /** One or two sentences for the reference page and DescribeConfigs. */
  readonly doc: string
  /** When a changed value takes effect. Topic keys are always live: `true`. */
  readonly live: LiveMode
  /** Not part of the public promise: hidden from the reference page, described only when overridden. */
  readonly internal: boolean
  /** Taken and described for compatibility; nothing in Samsa depends on it. */
  readonly unused?: boolean
  /** What a number counts, for messages and pages. */
  readonly unit?: Unit
  /** Smallest and largest number allowed. */
  readonly min?: number
  readonly max?: number
  /** A number outside [min, max] that is allowed as well, as -1 is for gzip's level. */
  readonly orElse?: number
  /** The only texts allowed: for the value, or for each element of a list. */
  readonly values?: readonly string[]
  /** `values` are compared without regard to case. */
  readonly anyCase?: boolean
  /** An empty text or list is refused. */
  readonly nonEmpty?: boolean
  /** A rule that the other fields cannot express. */
  readonly rule?: ConfigRule<T>
  /** For a topic key: the broker keys that provide its default, the first one set wins. */
  readonly broker?: readonly BrokerSynonym[]
}

export type ConfigType =
  | 'BOOLEAN'
  | 'STRING'
  | 'INT'
  | 'SHORT'
  | 'LONG'
  | 'DOUBLE'
  | 'LIST'
  | 'CLASS'
  | 'PASSWORD'
export type Importance = 'high' | 'medium' | 'low'
/** `read-only` needs a restart; the others name the widest resource an AlterConfigs request may set it on. */
export type LiveMode = 'read-only' | 'per-broker' | 'cluster-wide' | true
export type Unit = 'ms' | 'seconds' | 'minutes' | 'hours' | 'bytes'

export interface ConfigRule<T> {
  /** What is allowed, continuing the sentence "Allowed: …". */
  readonly allowed: string
  accepts(value: T): boolean
}

export interface BrokerSynonym {
  readonly key: string
  /** The topic's value is the broker's times this: hours to milliseconds, for instance. */
  readonly times: number
}

/** Java's largest long. Numbers saturate at the largest safe integer (D9), which prints as this again. */
export const LONG_MAX = Number.MAX_SAFE_INTEGER
export const INT_MAX = 2_147_483_647

interface Common {
  readonly importance: Importance
  readonly doc: string
  readonly live?: LiveMode
  readonly internal?: boolean
  readonly unused?: boolean
  /** A broker key, or several with factors, that provide a topic key's default. */
  readonly broker?: string | readonly (string | BrokerSynonym)[]
}

interface NumberOptions<D> extends Common {
  readonly default: D
  readonly min?: number
  readonly max?: number
  readonly orElse?: number
  readonly unit?: Unit
}

interface TextOptions<D> extends Common {
  readonly default: D
  readonly nonEmpty?: boolean
  readonly rule?: ConfigRule<string | null>
}

/** A type's rows: with a default that is a value, and with null for "not set". */
interface Builder<Options extends { default: unknown }, T> {
  (options: Options & { default: T }): ConfigRow<T>
  (options: Options & { default: null }): ConfigRow<T | null>
}
type NumberBuilder = Builder<NumberOptions<number | null>, number>
type TextBuilder = Builder<TextOptions<string | null>, string>

/** A 32-bit integer. */
export const int: NumberBuilder = numberOf('INT')
/** A 16-bit integer. */
export const short: NumberBuilder = numberOf('SHORT')
/** A 64-bit integer; values beyond the safe integers saturate. */
export const long: NumberBuilder = numberOf('LONG')
export const double: NumberBuilder = numberOf('DOUBLE')
/** A 64-bit count of milliseconds. */
export const duration: NumberBuilder = numberOf('LONG', 'ms')
/** A 64-bit count of bytes. */
export const bytes: NumberBuilder = numberOf('LONG', 'bytes')
export const string: TextBuilder = textOf('STRING')
/** A secret: parsed as text, never printed. */
export const password: TextBuilder = textOf('PASSWORD')
/** The name of a Java class: kept and described; Samsa acts on those it has an equivalent for. */
export const javaClass: TextBuilder = textOf('CLASS')

export function boolean(options: Common & { default: boolean }): ConfigRow<boolean> {
  return rowOf('BOOLEAN', options)
}

/** One of a few texts. */
export function enumeration<const V extends string>(
  options: Common & { default: NoInfer<V>; values: readonly V[]; anyCase?: boolean },
): ConfigRow<V> {
  return rowOf('STRING', options)
}

interface ListOptions<V extends string, D> extends Common {
  readonly default: D
  readonly values?: readonly V[]
  readonly nonEmpty?: boolean
  readonly rule?: ConfigRule<readonly string[]>
}

/** Texts separated by commas. */
export function list<const V extends string = string>(
  options: ListOptions<V, readonly NoInfer<V>[]>,
): ConfigRow<readonly V[]>
export function list(options: ListOptions<string, null>): ConfigRow<readonly string[] | null>
export function list(options: ListOptions<string, readonly string[] | null>): ConfigRow {
  return rowOf('LIST', options as Common & { default: unknown })
}

function numberOf(type: ConfigType, unit?: Unit): NumberBuilder {
  return ((options: NumberOptions<number | null>) =>
    rowOf(type, unit === undefined ? options : { ...options, unit })) as NumberBuilder
}

function textOf(type: ConfigType): TextBuilder {
  return ((options: TextOptions<string | null>) =>
    rowOf(type, options as Common & { default: unknown })) as TextBuilder
}

function rowOf<T>(type: ConfigType, options: Common & { default: T }): ConfigRow<T> {
  const row = { type, live: 'read-only', internal: false, ...options }
  if (options.broker !== undefined) row.broker = synonymsOf(options.broker)
  return row as ConfigRow<T>
}

function synonymsOf(broker: NonNullable<Common['broker']>): BrokerSynonym[] {
  const synonyms = typeof broker === 'string' ? [broker] : broker
  return synonyms.map(synonym => (typeof synonym === 'string' ? { key: synonym, times: 1 } : synonym))
}
