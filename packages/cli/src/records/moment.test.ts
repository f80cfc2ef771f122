import { describe, expect, it } from 'vitest'
import { momentOf, timeOf } from './moment.ts'

const now = new Date(2026, 0, 31, 12, 0, 0).getTime()
const MINUTE_MS = 60_000

describe('a moment', () => {
  it('may be a time ago', () => {
    for (const [text, minutes] of [
      ['10 min ago', 10],
      ['10min ago', 10],
      ['1 hour 30 min ago', 90],
      ['2h30m ago', 150],
      ['an hour and 5 minutes ago', 65],
      ['1 day ago', 24 * 60],
      ['1.5 h ago', 90],
    ] as const)
      expect(momentOf(text, now, '--at')).toEqual({ kind: 'time', timeMs: now - minutes * MINUTE_MS })
  })

  it('may be a time of the calendar, local unless it names a zone', () => {
    for (const [text, time] of [
      ['2026-01-02', new Date(2026, 0, 2)],
      ['2026-01-02 03:04', new Date(2026, 0, 2, 3, 4)],
      ['2026-01-02T03:04:05.5', new Date(2026, 0, 2, 3, 4, 5, 500)],
      ['2026-01-02T03:04:05Z', new Date(Date.UTC(2026, 0, 2, 3, 4, 5))],
      ['2026-01-02T03:04:05+02:00', new Date(Date.UTC(2026, 0, 2, 1, 4, 5))],
      ['today', new Date(2026, 0, 31)],
      ['yesterday 08:15', new Date(2026, 0, 30, 8, 15)],
      ['08:15', new Date(2026, 0, 31, 8, 15)],
      ['1700000000000', new Date(1_700_000_000_000)],
    ] as const)
      expect(timeOf(text, now), text).toBe(time.getTime())
  })

  it('may be an offset, a number of records, the beginning or the end', () => {
    expect(momentOf('1200', now, '--at')).toEqual({ kind: 'offset', offset: 1200 })
    expect(momentOf('-10', now, '--at')).toEqual({ kind: 'back', count: 10 })
    expect(momentOf('Beginning', now, '--at')).toEqual({ kind: 'start' })
    expect(momentOf('now', now, '--until')).toEqual({ kind: 'end' })
  })

  it('is refused with what there is', () => {
    for (const text of ['', 'soon', '10 ago', '10 parsecs ago', '2026-13-01', '25:00', 'constructor', 'ago'])
      expect(() => momentOf(text, now, '--at'), text).toThrow(
        `--at: '${text}' is not understood. It takes a time`,
      )
  })
})
