import { describe, expect, it } from 'vitest'
import { distinctInSteps, sortInSteps, toEnd } from './steps.ts'

describe('texts', () => {
  it('are sorted in steps as they are at once', () => {
    for (const count of [0, 1, 999, 1000, 1001, 5432]) {
      const texts = Array.from({ length: count }, (_, i) => `${(i * 7919) % 4000}`)
      expect(toEnd(sortInSteps(texts))).toEqual([...texts].sort())
    }
  })

  it('are there once, in the order of first sight', () => {
    expect(toEnd(distinctInSteps(['b', 'a', 'b', 'c', 'a']))).toEqual(['b', 'a', 'c'])
  })
})
