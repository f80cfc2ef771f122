import fc from 'fast-check'
import { expect, test } from 'vitest'
import { groupPartition } from './group-partition.ts'

test("a group lies where Java's hash of its id puts it", () => {
  // From Java: "".hashCode() = 0, "a" = 97, "hello" = 99162322, "polygenelubricants" = Integer.MIN_VALUE.
  expect(groupPartition('', 50)).toBe(0)
  expect(groupPartition('a', 50)).toBe(97 % 50)
  expect(groupPartition('hello', 50)).toBe(99162322 % 50)
  expect(groupPartition('polygenelubricants', 50)).toBe(0)
})

test('the hash is that of arithmetic with whole numbers, cut to 32 bits', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 1000 }), (id, count) => {
      let hash = 0n
      for (let i = 0; i < id.length; i++) hash = hash * 31n + BigInt(id.charCodeAt(i))
      expect(groupPartition(id, count)).toBe(Number((hash & 0x7fffffffn) % BigInt(count)))
    }),
  )
})
