import { describe, expect, it } from 'vitest'
import { entityText, javaDouble } from './quotas.ts'

describe('quotas', () => {
  it.each([
    [0, '0.0'],
    [1024, '1024.0'],
    [12.5, '12.5'],
    [9_999_999, '9999999.0'],
    [10_000_000, '1.0E7'],
    [123_456_789, '1.23456789E8'],
    [0.0005, '5.0E-4'],
    [0.001, '0.001'],
    [-2, '-2.0'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
  ])('write %d as Java does', (value, text) => {
    expect(javaDouble(value)).toBe(text)
  })

  it('tell whom they bind', () => {
    const quota = (entity: Record<string, string | null>) => ({ entity, values: {} })
    expect(entityText(quota({ 'client-id': null, user: 'alice' }))).toBe(
      "user-principal 'alice', the default client-id",
    )
    expect(entityText(quota({ ip: null }))).toBe('the default ip')
  })
})
