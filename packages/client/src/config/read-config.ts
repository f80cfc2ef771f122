import {
  type ConfigOf,
  type ConfigProblem,
  type ConfigTable,
  type LogFields,
  type Logger,
  parseConfig,
} from '@samsa/base'
import { KafkaError } from '../errors.ts'

/** A value as programs give it, by Kafka's key. Lists may be arrays; `undefined` leaves the key out. */
export type ConfigValue = string | number | boolean | readonly string[] | null | undefined

/** Configuration as programs give it: Kafka's keys, each at most once. */
export type ConfigEntries<Table extends ConfigTable> = {
  readonly [Key in keyof Table]?: ConfigValue
}

/**
 * Reads a client's configuration by its table. Throws `KafkaError` INVALID_CONFIG that names every entry with a
 * problem, and for an unknown key the name that was probably meant.
 */
export function readConfig<Table extends ConfigTable>(
  table: Table,
  entries: ConfigEntries<Table>,
  logger?: Logger,
): ConfigOf<Table> {
  const texts: Record<string, string> = {}
  for (const [key, value] of Object.entries(entries as Record<string, ConfigValue>)) {
    if (value === undefined || value === null) continue
    texts[key] = textOf(key, value)
  }
  const { values, problems } = parseConfig(table, texts)
  if (problems.length > 0) throw invalid(problems)
  if (logger !== undefined) noticeUnused(table, texts, logger)
  return values
}

function textOf(key: string, value: Exclude<ConfigValue, undefined | null>): string {
  if (Array.isArray(value)) return value.join(',')
  if (typeof value === 'object' || typeof value === 'function') {
    throw new KafkaError('INVALID_CONFIG', `${key} takes a text, a number, true, false or a list of texts.`)
  }
  return String(value)
}

function invalid(problems: readonly ConfigProblem[]): KafkaError {
  return new KafkaError('INVALID_CONFIG', problems.map(({ message }) => message).join(' '))
}

function noticeUnused(table: ConfigTable, texts: Record<string, string>, logger: Logger): void {
  for (const key of Object.keys(texts)) {
    const row = table[key]
    if (row?.unused !== true) continue
    const fields: LogFields = { key }
    logger.debug(`${key} is accepted without effect. ${row.doc}`, fields)
  }
}
