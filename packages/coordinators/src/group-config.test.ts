import { existsSync, readFileSync } from 'node:fs'
import { type ConfigRow, defaultsOf, formatNumber, formatValue, parseConfig } from '@samsa/base'
import { describe, expect, test } from 'vitest'
import { groupConfig } from './group-config.ts'

// Kafka's own table lives outside the repository.
const facts = process.env['SAMSA_KAFKA_FACTS']
const table = `${facts}/tables-4.3/group.tsv`
const isThere = facts !== undefined && existsSync(table)
if (!isThere) {
  console.warn(
    'SKIPPED: the group keys are not compared with Kafka: set SAMSA_KAFKA_FACTS to the fact tables.',
  )
}

describe.skipIf(!isThere)("Kafka's table of group keys", () => {
  test('has the same keys, types, defaults, bounds and importance', () => {
    const kafka = readFileSync(table, 'utf8').replace(/\n$/, '').split('\n').slice(1)
    expect(Object.entries(groupConfig).map(([key, row]) => factsOf(key, row))).toEqual(kafka)
  })
})

function factsOf(key: string, row: ConfigRow): string {
  const internal = row.internal ? 'internal' : ''
  return [
    key,
    row.type,
    formatValue(row, row.default),
    validValues(row),
    row.importance.toUpperCase(),
    internal,
  ].join('\t')
}

function validValues(row: ConfigRow): string {
  if (row.rule !== undefined) return '[latest, earliest, by_duration:PnDTnHnMn.nS]'
  if (row.values !== undefined) return `[${row.values.join(', ')}]`
  return row.min === undefined ? '' : `[${formatNumber(row.type, row.min)},...]`
}

test('where a share group starts is a word or a duration', () => {
  const outcome = (text: string) =>
    parseConfig(groupConfig, { 'share.auto.offset.reset': text }).problems.length
  for (const text of [
    'latest',
    'earliest',
    'by_duration:P1D',
    'by_duration:PT1H30M',
    'by_duration:P2DT0.5S',
  ]) {
    expect(outcome(text), text).toBe(0)
  }
  for (const text of ['newest', 'by_duration:', 'by_duration:P', 'by_duration:1h', 'by_duration:PT']) {
    expect(outcome(text), text).toBe(1)
  }
  expect(defaultsOf(groupConfig)['share.auto.offset.reset']).toBe('latest')
})
