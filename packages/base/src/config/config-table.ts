import { allowedText } from './allowed-text.ts'
import type { ConfigRow } from './config-row.ts'
import { nearestName } from './nearest-name.ts'
import { parseValue } from './parse-value.ts'

export type ConfigTable = { readonly [key: string]: ConfigRow }

/** The values of a table, typed, by key: `config['retention.ms']` is a number. */
export type ConfigOf<Table extends ConfigTable> = {
  readonly [Key in keyof Table]: Table[Key] extends ConfigRow<infer T> ? T : never
}

/** Declares a table. Tables are composed by spreading: `configTable({ ...listenerRows, ...logRows })`. */
export function configTable<const Table extends ConfigTable>(rows: Table): Table {
  return rows
}

/** What is wrong with one entry. */
export interface ConfigProblem {
  readonly kind: 'unknown-key' | 'wrong-value'
  readonly key: string
  /** The text that was given; empty for a secret. */
  readonly text: string
  /** What is wrong, in one sentence without the key's origin, which only the caller knows. */
  readonly message: string
  /** For a wrong value: what the key takes. */
  readonly allowed?: string
  /** For an unknown key: the name that was probably meant. */
  readonly nearest?: string
}

const knownDefaults = new WeakMap<ConfigTable, object>()

/** Every key at its default: the same object for each call with a table. */
export function defaultsOf<Table extends ConfigTable>(table: Table): ConfigOf<Table> {
  const known = knownDefaults.get(table)
  if (known !== undefined) return known as ConfigOf<Table>
  // A copy whose values are replaced: an object of hundreds of keys takes long to grow key by key.
  const values: Record<string, unknown> = { ...table }
  for (const key in table) values[key] = table[key]!.default
  knownDefaults.set(table, values)
  return values as ConfigOf<Table>
}

/**
 * Reads entries by a table. Every entry with a problem is told of, and its key keeps the value of `base`, so that
 * `values` is complete in any case; whether a problem is fatal is for the caller to say.
 *
 * @param base values of the keys that `entries` does not name: the table's defaults unless given
 */
export function parseConfig<Table extends ConfigTable>(
  table: Table,
  entries: Readonly<Record<string, string>>,
  base: ConfigOf<Table> = defaultsOf(table),
): { values: ConfigOf<Table>; problems: ConfigProblem[] } {
  const values: Record<string, unknown> = { ...base }
  const problems: ConfigProblem[] = []
  for (const [key, text] of Object.entries(entries)) {
    const parsed = parseEntry(table, key, text)
    if ('value' in parsed) values[key] = parsed.value
    else problems.push(parsed.problem)
  }
  return { values: values as ConfigOf<Table>, problems }
}

/**
 * The first entry that is wrong by a table, for who needs no more: a stranger's hundred thousand unknown keys, each
 * compared with all that are known, are seconds of work.
 */
export function firstProblem(
  table: ConfigTable,
  entries: Readonly<Record<string, string>>,
): ConfigProblem | undefined {
  for (const key in entries) {
    const parsed = parseEntry(table, key, entries[key]!)
    if ('problem' in parsed) return parsed.problem
  }
  return undefined
}

function parseEntry(
  table: ConfigTable,
  key: string,
  text: string,
): { readonly value: unknown } | { readonly problem: ConfigProblem } {
  const row = rowOf(table, key)
  if (row === undefined) return { problem: unknownKey(table, key, text) }
  const parsed = parseValue(row, text)
  return 'value' in parsed ? parsed : { problem: wrongValue(row, key, text, parsed.problem) }
}

/** The row of a key, also when the key is a name of `Object.prototype`. */
export function rowOf(table: ConfigTable, key: string): ConfigRow | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}

function unknownKey(table: ConfigTable, key: string, text: string): ConfigProblem {
  const nearest = nearestName(key, Object.keys(table))
  const hint = nearest === undefined ? '' : ` Did you mean '${nearest}'?`
  const message = `'${key}' is not a configuration key.${hint}`
  return { kind: 'unknown-key', key, text, message, ...(nearest !== undefined && { nearest }) }
}

function wrongValue(row: ConfigRow, key: string, text: string, problem: string): ConfigProblem {
  const secret = row.type === 'PASSWORD'
  const allowed = allowedText(row)
  const message = `${key}: ${secret ? 'the value is not allowed' : problem}. Allowed: ${allowed}.`
  return { kind: 'wrong-value', key, text: secret ? '' : text, message, allowed }
}
