import { existsSync, readFileSync } from 'node:fs'
import { type ConfigRow, formatValue } from '@samsa/base'
import { describe, expect, it } from 'vitest'
import { brokerConfig } from '../config/broker-config.ts'
import { groupConfig } from './group-config.ts'

const facts = process.env.SAMSA_KAFKA_FACTS
const table = facts === undefined ? undefined : `${facts}/tables-4.3/group.tsv`
const isMissing = table === undefined || !existsSync(table)
if (isMissing) console.log("Skipped: comparing group keys with Kafka's needs SAMSA_KAFKA_FACTS.")

const rows = Object.entries<ConfigRow>(groupConfig)

describe.skipIf(isMissing)("the keys of groups beside Kafka's", () => {
  it('have the same names, types, defaults and lower bounds', () => {
    const lines = readFileSync(table!, 'utf8').trim().split('\n').slice(1)
    const theirs = lines
      .map(line => line.split('\t'))
      .map(([name, type, value, allowed]) => {
        const min = /^\[(\d+),\.\.\.\]$/.exec(allowed ?? '')?.[1]
        return [name, type, value, min]
      })
    const ours = rows.map(([name, row]) => [
      name,
      row.type,
      formatValue(row, row.default),
      row.min === undefined ? undefined : String(row.min),
    ])
    expect(ours.sort()).toEqual(theirs.sort())
  })
})

it('take the defaults of keys that brokers have, with the same default', () => {
  for (const [name, row] of rows) {
    if (row.broker === undefined) continue
    const key = row.broker[0]!.key
    const broker = brokerConfig[key as keyof typeof brokerConfig] as ConfigRow | undefined
    expect(broker?.default, `${name} and ${key}`).toBe(row.default)
  }
})
