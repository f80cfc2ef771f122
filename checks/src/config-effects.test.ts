import { configTable, int } from '@samsa/base'
import { describe, expect, it } from 'vitest'
import { checkConfigEffects } from './config-effects.ts'

const row = (unused: boolean) => int({ default: 1, importance: 'low', doc: 'A key.', unused })
const source = (text: string, path = 'packages/broker/src/broker.ts') => [{ path, text }]

describe('keys of a broker', () => {
  it('are read, or say that they have no effect', () => {
    const rows = configTable({ 'a.b': row(false), 'c.d': row(true) })
    expect(checkConfigEffects([rows], {}, source("config['a.b']"))).toEqual([])
    expect(checkConfigEffects([rows], {}, []).map(({ where }) => where)).toEqual(["the broker's key a.b"])
  })

  it('are not read by their own table, a test or the client', () => {
    const rows = configTable({ 'a.b': row(false) })
    for (const path of ['broker/src/config/log-rows.ts', 'broker/src/a.test.ts', 'client/src/a.ts']) {
      expect(checkConfigEffects([rows], {}, source("'a.b'", `packages/${path}`))).toHaveLength(1)
    }
  })

  it('count as read when a topic key takes its default from them', () => {
    const rows = configTable({ 'a.b': row(false) })
    const topics = configTable({ b: int({ default: 1, importance: 'low', doc: 'B.', broker: 'a.b' }) })
    expect(checkConfigEffects([rows], topics, [])).toEqual([])
  })
})
