import { describe, expect, it } from 'vitest'
import { orderKeyOf } from './order-key.ts'
import { parseDuration, parseResetPolicy } from './reset-policy.ts'

describe('auto.offset.reset', () => {
  it('is one of three words or a duration', () => {
    expect(parseResetPolicy('latest')).toEqual({ kind: 'latest' })
    expect(parseResetPolicy('by_duration:PT1H30M')).toEqual({ kind: 'by_duration', durationMs: 5_400_000 })
    expect(parseResetPolicy('by_duration:1h')).toBeUndefined()
    expect(parseResetPolicy('first')).toBeUndefined()
  })

  it.each([
    ['PT0.5S', 500],
    ['P2D', 172_800_000],
    ['pt10m', 600_000],
    ['P1DT1S', 86_401_000],
    ['P', undefined],
    ['PT', undefined],
    ['P1DT', undefined],
    ['PT-1S', undefined],
    ['P1Y', undefined],
  ])('reads the duration %s as %s ms', (text, expected) => {
    expect(parseDuration(text)).toBe(expected)
  })
})

describe('the order of keys', () => {
  it('tells keys apart that are different, and only those', () => {
    const keys = ['1', 1, 1n, null, Uint8Array.of(49), { a: 1 }, true, 'null']
    expect(new Set(keys.map(orderKeyOf)).size).toBe(keys.length)
    expect(orderKeyOf(Uint8Array.of(1, 2))).toBe(orderKeyOf(Uint8Array.of(1, 2)))
  })
})
