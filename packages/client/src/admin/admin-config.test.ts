import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ConfigRow, type ConfigTable, formatNumber, formatValue } from '@samsa/base'
import { describe, expect, it } from 'vitest'
import { adminConfig } from './admin-config.ts'
import { Admin } from './admin.ts'

// Kafka's own table (names, types, defaults) lives outside the repository.
const facts = process.env['SAMSA_KAFKA_FACTS'] ?? ''
const file = join(facts, 'tables-4.3', 'admin.tsv')
const isThere = facts !== '' && existsSync(file)
if (!isThere)
  console.warn("SKIPPED: the admin client's configuration is not compared with Kafka: set SAMSA_KAFKA_FACTS.")

/** Where ours differs on purpose; the row's doc says why. */
const deliberate: Record<string, string> = {
  'metadata.recovery.strategy default':
    'the choice as it is spelled in the list of choices; case does not count',
}

function factsOf(path: string): Map<string, Record<string, string>> {
  const [head, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n')
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
  const number = (value: number) =>
    row.type !== 'DOUBLE'
      ? formatNumber(row.type, value)
      : Number.isInteger(value)
        ? value.toFixed(1)
        : String(value)
  return `[${number(row.min)},...${row.max === undefined ? '' : `,${number(row.max)}`}]`
}

describe.skipIf(!isThere)("the admin client's configuration", () => {
  it("has Kafka's keys, types, defaults and bounds, except where its rows say why", () => {
    const kafka = factsOf(file)
    const table: ConfigTable = adminConfig
    const differences: Record<string, string> = {}
    for (const key of new Set([...Object.keys(table), ...kafka.keys()])) {
      const theirs = kafka.get(key)
      const ours = table[key] === undefined ? undefined : describeRow(table[key])
      if (ours === undefined || theirs === undefined) differences[key] = ours ? 'only ours' : "only Kafka's"
      else
        for (const fact of Object.keys(ours))
          if (ours[fact] !== theirs[fact])
            differences[`${key} ${fact}`] = `${ours[fact]}, Kafka: ${theirs[fact]}`
    }
    expect(Object.keys(differences)).toEqual(Object.keys(deliberate))
  })
})

describe('a wrong configuration', () => {
  it('names the key that was probably meant', () => {
    const make = () => new Admin({ 'bootstrap.server': 'a:9092' } as never)
    expect(make).toThrow("'bootstrap.server' is not a configuration key. Did you mean 'bootstrap.servers'?")
  })

  it('may not name both brokers and controllers', () => {
    const make = () => new Admin({ 'bootstrap.servers': 'a:9092', 'bootstrap.controllers': 'b:9093' })
    expect(make).toThrow('Give either bootstrap.servers or bootstrap.controllers, not both.')
  })
})
