import { describe, expect, it } from 'vitest'
import { readDateTime, readIsoDuration } from './reset-time.ts'

describe('a time on a command line', () => {
  it('is in UTC unless a zone says otherwise', () => {
    expect(readDateTime('2023-11-14T22:13:20.002')).toBe(1_700_000_000_002)
    expect(readDateTime('2023-11-14T23:13:20.002+01')).toBe(1_700_000_000_002)
    expect(readDateTime('2023-11-14T23:43:20.002+01:30')).toBe(1_700_000_000_002)
    expect(readDateTime('2023-11-14T20:13:20.002-0200')).toBe(1_700_000_000_002)
  })

  it('has to exist', () => {
    expect(() => readDateTime('2023-02-30T00:00:00.000')).toThrow('Unparseable date')
    expect(() => readDateTime('2023-11-14T22:13:20')).toThrow('Unparseable date')
    expect(() => readDateTime('2023-11-14')).toThrow("does not contain a 'T'")
  })
})

describe('a duration', () => {
  it('is read in all its parts', () => {
    expect(readIsoDuration('P1DT2H3M4.5S')).toBe((((24 + 2) * 60 + 3) * 60 + 4.5) * 1000)
    expect(readIsoDuration('-PT1H')).toBe(-3_600_000)
    expect(readIsoDuration('PT-30M')).toBe(-1_800_000)
  })

  it.each(['soon', 'P', 'PT', '1D', 'P1H', 'P1Y'])('is not %s', given => {
    expect(() => readIsoDuration(given)).toThrow('cannot be parsed')
  })
})
