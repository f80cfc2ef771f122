import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ConfigRow, type ConfigTable, formatNumber, formatValue } from '@samsa/base'
import { topicConfig } from '@samsa/log'
import { describe, expect, it } from 'vitest'
import { brokerConfig } from './broker-config.ts'
import { dynamicBrokerConfig } from './dynamic-broker-config.ts'
import { deliberateDifferences } from './kafka-differences.ts'

// Kafka's own tables (names, types, defaults) live outside the repository.
const facts = process.env['SAMSA_KAFKA_FACTS'] ?? ''
const tables = join(facts, 'tables-4.3')
const isThere = facts !== '' && existsSync(tables)
if (!isThere) {
  console.warn(
    'SKIPPED: configuration tables are not compared with Kafka: set SAMSA_KAFKA_FACTS to the fact tables.',
  )
}

type Facts = { type: string; default: string; 'valid values': string; importance: string; internal: string }

function factsOf(file: string): Map<string, Record<string, string>> {
  const [head, ...lines] = readFileSync(join(tables, file), 'utf8').trimEnd().split('\n')
  const names = head!.split('\t')
  return new Map(
    lines.map(line => {
      const cells = line.split('\t')
      return [cells[0]!, Object.fromEntries(names.map((name, at) => [name, cells[at] ?? '']))]
    }),
  )
}

/** A row in the words of the fact tables. */
function describeRow(row: ConfigRow): Facts {
  const text = formatValue(row, row.default)
  return {
    type: row.type,
    default: text === null ? 'null' : text === '' && row.type !== 'LIST' ? '(empty)' : text,
    'valid values': validValues(row),
    importance: row.importance.toUpperCase(),
    internal: row.internal ? 'internal' : '',
  }
}

function validValues(row: ConfigRow): string {
  if (row.values !== undefined) return `${row.anyCase ? '(case insensitive) ' : ''}[${row.values.join(', ')}]`
  if (row.nonEmpty && row.type !== 'LIST') return 'non-empty string'
  if (row.min === undefined) return ''
  const max = row.max === undefined ? '' : `,${number(row, row.max)}`
  return `[${number(row, row.min)},...${max}]${row.orElse === undefined ? '' : ` or ${row.orElse}`}`
}

function number(row: ConfigRow, value: number): string {
  return row.type === 'DOUBLE' ? String(value) : formatNumber(row.type, value)
}

function differencesOf(table: ConfigTable, file: string): Record<string, { ours: unknown; kafka: unknown }> {
  const kafka = factsOf(file)
  const differences: Record<string, { ours: unknown; kafka: unknown }> = {}
  for (const key of new Set([...Object.keys(table), ...kafka.keys()])) {
    const ours = table[key] && describeRow(table[key])
    const theirs = kafka.get(key)
    if (ours === undefined || theirs === undefined) {
      differences[key] = { ours: ours && 'a key', kafka: theirs && 'a key' }
      continue
    }
    for (const fact of Object.keys(ours) as (keyof Facts)[]) {
      if (ours[fact] !== theirs[fact])
        differences[`${key} ${fact}`] = { ours: ours[fact], kafka: theirs[fact] }
    }
  }
  return differences
}

describe.skipIf(!isThere)(
  "our tables equal Kafka's, in both directions, except where a reason stands",
  () => {
    it.each([
      ['broker.tsv', brokerConfig as ConfigTable, deliberateDifferences.broker],
      ['topic.tsv', topicConfig as ConfigTable, deliberateDifferences.topic],
    ])('%s', (file, table, deliberate) => {
      const found = differencesOf(table, file)
      const unexplained = Object.fromEntries(Object.entries(found).filter(([what]) => !(what in deliberate)))
      expect(unexplained).toEqual({})
      expect(Object.keys(deliberate).filter(what => !(what in found))).toEqual([])
    })

    it('dynamic-broker-configs.tsv', () => {
      const kafka = [...factsOf('dynamic-broker-configs.tsv')].map(
        ([key, row]) => `${key} ${row['update mode']}`,
      )
      const ours = Object.entries<ConfigRow>({ ...brokerConfig, ...dynamicBrokerConfig })
        .filter(([key, { live }]) => live !== 'read-only' && !(key in deliberateDifferences.broker))
        .map(([key, { live }]) => `${key} ${live}`)
      expect(ours.sort()).toEqual(kafka.sort())
    })
  },
)

describe('every key', () => {
  const all = Object.entries<ConfigRow>({ ...brokerConfig, ...topicConfig, ...dynamicBrokerConfig })

  it('has a doc of one to three sentences', () => {
    for (const [key, { doc }] of all) {
      expect(doc, key).toMatch(/^[A-Z].*[.]$/)
      expect(doc.length, key).toBeLessThan(260)
    }
  })

  it('of a topic takes its default from broker keys that exist and agree', () => {
    for (const [key, row] of Object.entries<ConfigRow>(topicConfig)) {
      for (const synonym of row.broker ?? []) {
        const brokerRow = (brokerConfig as ConfigTable)[synonym.key]
        expect(brokerRow, `${key} → ${synonym.key}`).toBeDefined()
      }
    }
  })
})
