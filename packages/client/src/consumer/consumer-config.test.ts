import { existsSync, readFileSync } from 'node:fs'
import { defaultsOf } from '@samsa/base'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../config/read-config.ts'
import { consumerConfig } from './consumer-config.ts'

const path = `${process.env['SAMSA_KAFKA_FACTS'] ?? ''}/tables-4.3/consumer.tsv`
const isThere = existsSync(path)
if (!isThere)
  console.warn('skipped: the keys of Java consumers (set SAMSA_KAFKA_FACTS to the folder with tables-4.3)')

describe.skipIf(!isThere)("the keys of Kafka's consumer", () => {
  const rows = (isThere ? readFileSync(path, 'utf8') : '')
    .trim()
    .split('\n')
    .slice(1)
    .map(
      line =>
        line.split('\t') as [name: string, type: string, value: string, valid: string, importance: string],
    )

  it('are all there, and no others', () => {
    expect(Object.keys(consumerConfig).sort()).toEqual(rows.map(([name]) => name).sort())
  })

  it.each(rows)('has %s of Kafka type %s with the default %s', (name, type, value, valid, importance) => {
    const row = consumerConfig[name as keyof typeof consumerConfig]
    expect(row.type).toBe(type)
    expect(row.importance.toUpperCase()).toBe(importance)
    const bounds = /^\[(-?[\d.]+),\.\.\.(?:,([\d.]+))?\]$/.exec(valid)
    if (bounds !== null) {
      expect('min' in row ? row.min : undefined).toBe(Number(bounds[1]))
      if (bounds[2] !== undefined) expect('max' in row ? row.max : undefined).toBe(Number(bounds[2]))
    }
    if (value === '(required)') return
    expect(textOf(row.default).toLowerCase()).toBe(plainDefault(value).toLowerCase())
  })
})

function textOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? value.join(',') : String(value)
}

function plainDefault(text: string): string {
  return text === '(empty)' ? '' : text
}

describe('the configuration of a consumer', () => {
  it('takes by_duration and refuses what is no policy', () => {
    const values = readConfig(consumerConfig, { 'auto.offset.reset': 'by_duration:P1DT2H' })
    expect(values['auto.offset.reset']).toBe('by_duration:P1DT2H')
    expect(() => readConfig(consumerConfig, { 'auto.offset.reset': 'first' })).toThrow(/earliest/)
  })

  it('names the key that was probably meant', () => {
    expect(() => readConfig(consumerConfig, { 'group.idd': 'g' } as never)).toThrow(/group\.id/)
  })

  it('has a complete set of defaults', () => {
    expect(Object.values(defaultsOf(consumerConfig)).includes(undefined as never)).toBe(false)
  })
})
