import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ConfigRow, type ConfigTable, formatNumber, formatValue } from '@samsa/base'
import { describe, expect, it } from 'vitest'
import type { KafkaError } from '../errors.ts'
import { clientConfig } from './client-config.ts'
import { readConfig } from './read-config.ts'

// Kafka's own tables (names, types, defaults) live outside the repository.
const facts = process.env['SAMSA_KAFKA_FACTS'] ?? ''
const tables = join(facts, 'tables-4.3')
const isThere = facts !== '' && existsSync(tables)
if (!isThere) {
  console.warn(
    "SKIPPED: the client's keys are not compared with Kafka: set SAMSA_KAFKA_FACTS to the fact tables.",
  )
}

/** What differs from the producer's table on purpose; consumer and admin change rows of their own. */
const deliberate: Readonly<Record<string, string>> = {
  'bootstrap.servers default': 'Required here too; that it is missing is found where the addresses are read.',
  'metadata.recovery.strategy default': 'The same value in upper case: case does not count.',
}

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

function describeRow(row: ConfigRow): Record<string, string> {
  const text = formatValue(row, row.default)
  return {
    type: row.type,
    default: text === null ? 'null' : text === '' && row.type !== 'LIST' ? '(empty)' : text,
    'valid values': validValues(row),
    importance: row.importance.toUpperCase(),
  }
}

function validValues(row: ConfigRow): string {
  if (row.values !== undefined) return `${row.anyCase ? '(case insensitive) ' : ''}[${row.values.join(', ')}]`
  if (row.min === undefined) return ''
  const max = row.max === undefined ? '' : `,${bound(row, row.max)}`
  return `[${bound(row, row.min)},...${max}]`
}

function bound(row: ConfigRow, value: number): string {
  if (row.type !== 'DOUBLE') return formatNumber(row.type, value)
  return Number.isInteger(value) ? value.toFixed(1) : String(value)
}

describe.skipIf(!isThere)("the keys all clients share equal Kafka's", () => {
  it('in both directions, except where a reason stands', () => {
    const producer = factsOf('producer.tsv')
    const others = [factsOf('consumer.tsv'), factsOf('admin.tsv')]
    const shared = [...producer.keys()].filter(
      key => others.every(table => table.has(key)) && key !== 'retries',
    )
    expect(Object.keys(clientConfig).sort()).toEqual(shared.sort())
    const found: string[] = []
    for (const key of shared) {
      const ours = describeRow((clientConfig as ConfigTable)[key]!)
      for (const [fact, value] of Object.entries(ours)) {
        if (value !== producer.get(key)![fact]) found.push(`${key} ${fact}`)
      }
    }
    expect(found.sort()).toEqual(Object.keys(deliberate).sort())
  })
})

describe('a configuration', () => {
  const codeAndText = (act: () => unknown) => {
    try {
      act()
    } catch (error) {
      return `${(error as KafkaError).code} ${(error as Error).message}`
    }
    return 'nothing was thrown'
  }

  it('takes texts, numbers, booleans and arrays under Kafka names', () => {
    const config = readConfig(clientConfig, {
      'bootstrap.servers': ['a:1', 'b:2'],
      'request.timeout.ms': 5000,
      'enable.metrics.push': false,
      'security.protocol': 'sasl_ssl',
      'client.id': undefined,
    })
    expect(config['bootstrap.servers']).toEqual(['a:1', 'b:2'])
    expect(config['request.timeout.ms']).toBe(5000)
    expect(config['enable.metrics.push']).toBe(false)
    expect(config['security.protocol']).toBe('SASL_SSL')
    expect(config['client.id']).toBe('')
  })

  it('with an unknown key is refused, with the name that was meant', () => {
    const entries = { 'bootstrap.server': 'a:1' } as never
    expect(codeAndText(() => readConfig(clientConfig, entries))).toContain(
      "Did you mean 'bootstrap.servers'?",
    )
  })

  it('never repeats a secret', () => {
    const entries = { 'sasl.jaas.config': { secret: 'hush' } } as never
    expect(codeAndText(() => readConfig(clientConfig, entries))).not.toContain('hush')
  })

  it('has a doc of one to three sentences for every key', () => {
    for (const [key, { doc }] of Object.entries<ConfigRow>(clientConfig)) {
      expect(doc, key).toMatch(/^[A-Za-z].*[.]$/)
      expect(doc.length, key).toBeLessThan(260)
    }
  })
})
