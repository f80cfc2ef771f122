import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ConfigRow, type ConfigTable, formatNumber, formatValue } from '@samsa/base'
import { describe, expect, it } from 'vitest'
import { KafkaError } from '../errors.ts'
import { type ProducerConfigEntries, producerConfig, readProducerConfig } from './producer-config.ts'

// Kafka's own table lies outside the repository.
const file = join(process.env['SAMSA_KAFKA_FACTS'] ?? '', 'tables-4.3', 'producer.tsv')
const isThere = process.env['SAMSA_KAFKA_FACTS'] !== undefined && existsSync(file)
if (!isThere) console.warn("SKIPPED: the producer's keys are not compared with Kafka: set SAMSA_KAFKA_FACTS.")

/** Where a row differs from Kafka's, and why. */
const deliberate: Record<string, string> = {
  'bootstrap.servers default': 'a list has a default; without servers the client says so',
  'key.serializer default': 'serializers are values here, not class names',
  'value.serializer default': 'serializers are values here, not class names',
  'metadata.recovery.strategy default': 'case does not count; the value is one of those listed',
}

function describeRow(row: ConfigRow) {
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
  if (row.nonEmpty && row.type !== 'LIST') return 'non-empty string'
  if (row.min === undefined) return ''
  if (row.orElse !== undefined) return `[${row.min},...,${row.max}] or ${row.orElse}`
  const number = (value: number) =>
    row.type === 'DOUBLE'
      ? value.toFixed(/\./.test(`${value}`) ? 2 : 1).replace(/(\.\d)0$/, '$1')
      : formatNumber(row.type, value)
  return `[${number(row.min)},...${row.max === undefined ? '' : `,${number(row.max)}`}]`
}

describe.skipIf(!isThere)("the producer's keys", () => {
  it("equal Kafka's, in both directions, except where a reason stands", () => {
    const [head, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n')
    const columns = head!.split('\t')
    const differences: string[] = []
    const names = new Set<string>(Object.keys(producerConfig))
    for (const line of lines) {
      const cells = line.split('\t')
      const key = cells[0]!
      const row = (producerConfig as ConfigTable)[key]
      if (!names.delete(key) || row === undefined) {
        differences.push(`${key}: missing here`)
        continue
      }
      const ours: Record<string, string> = describeRow(row)
      for (const [at, column] of columns.entries()) {
        if (!(column in ours) || deliberate[`${key} ${column}`] !== undefined) continue
        if (ours[column] !== (cells[at] ?? ''))
          differences.push(`${key} ${column}: ${ours[column]} for ${cells[at]}`)
      }
    }
    for (const key of names) differences.push(`${key}: Kafka has no such key`)
    expect(differences).toEqual([])
  })
})

function problemOf(entries: ProducerConfigEntries): string {
  try {
    readProducerConfig(entries)
  } catch (error) {
    expect(error).toBeInstanceOf(KafkaError)
    expect((error as KafkaError).code).toBe('INVALID_CONFIG')
    return (error as KafkaError).message
  }
  throw new Error('it was accepted')
}

describe("a producer's configuration", () => {
  it('is idempotent unless told otherwise', () => {
    expect(readProducerConfig({})['enable.idempotence']).toBe(true)
    expect(readProducerConfig({ acks: 1 })['enable.idempotence']).toBe(false)
    expect(readProducerConfig({ retries: 0 })['enable.idempotence']).toBe(false)
    expect(readProducerConfig({ 'enable.idempotence': false })['enable.idempotence']).toBe(false)
  })

  it.each([
    [{ acks: 1, 'enable.idempotence': true }, /acks: is 1/],
    [{ acks: 0, 'transactional.id': 't' }, /acks: is 0/],
    [{ retries: 0, 'transactional.id': 't' }, /retries: is 0/],
    [{ 'enable.idempotence': false, 'transactional.id': 't' }, /transactions need it/],
    [{ 'max.in.flight.requests.per.connection': 6 }, /allows 5 at most/],
    [{ 'delivery.timeout.ms': 1000 }, /less than linger\.ms \+ request\.timeout\.ms \(30005\)/],
    [{ 'transaction.two.phase.commit.enable': true }, /not supported/],
    [{ 'partitioner.class': 'com.example.Mine' }, /option 'partitioner'/],
    [{ 'compression.type': 'brotli' }, /compression\.type: 'brotli'/],
  ] as [ProducerConfigEntries, RegExp][])('refuses %j', (entries, message) => {
    expect(problemOf(entries)).toMatch(message)
  })

  it('names the key that was probably meant', () => {
    expect(problemOf({ 'linger.mss': 5 } as ProducerConfigEntries)).toMatch(/'linger\.ms'/)
  })

  it('raises a delivery timeout nobody set, where linger and request timeout need more', () => {
    expect(
      readProducerConfig({ 'linger.ms': 100_000, 'request.timeout.ms': 60_000 })['delivery.timeout.ms'],
    ).toBe(160_000)
  })
})
