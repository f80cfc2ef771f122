import type { ConfigRow } from '@samsa/base'
import { groupConfig } from '@samsa/coordinators'
import { expect, it } from 'vitest'
import { brokerConfig } from '../config/broker-config.ts'

const rows = Object.entries<ConfigRow>(groupConfig)

it('group keys take the defaults of keys that brokers have, with the same default', () => {
  for (const [name, row] of rows) {
    if (row.broker === undefined) continue
    const key = row.broker[0]!.key
    const broker = brokerConfig[key as keyof typeof brokerConfig] as ConfigRow | undefined
    expect(broker?.default, `${name} and ${key}`).toBe(row.default)
  }
})
