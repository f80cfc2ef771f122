import { describe, expect, it } from 'vitest'
import { dateFormat } from './date-format.ts'

const afternoon = new Date(2026, 10, 5, 15, 7, 9, 42).getTime()

describe('a date format', () => {
  it("writes times in the letters of Java's SimpleDateFormat", () => {
    for (const [pattern, text] of [
      ['yyyy-MM-dd HH:mm:ss:SSS', '2026-11-05 15:07:09:042'],
      ['d.M.yy h:mm a', '5.11.26 3:07 PM'],
      ["EEE, MMM d 'at' HH 'o''clock'", "Thu, Nov 5 at 15 o'clock"],
      ['EEEE MMMM k K', 'Thursday November 15 3'],
    ] as const) {
      expect(dateFormat(pattern)(afternoon)).toBe(text)
    }
  })

  it('names the letter it does not know', () => {
    expect(() => dateFormat('yyyy b')).toThrow("--date-format 'yyyy b': the letter 'b' is not known here.")
  })
})
