import { concatBytes, equalBytes, writeInt32 } from '@samsa/base'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gatherFrames } from './gather.ts'

const part = fc
  .tuple(fc.oneof(fc.nat(40), fc.integer({ min: 8150, max: 8250 }), fc.nat(90_000)), fc.nat(255))
  .map(([length, byte]) => new Uint8Array(length).fill(byte))
const frames = fc.array(fc.array(part, { maxLength: 5 }), { maxLength: 40 })

describe('gathered frames', () => {
  it('are the frames, each with its length in front', () => {
    fc.assert(
      fc.property(frames, list => {
        const plain = list.flatMap(parts => {
          const body = concatBytes(parts)
          const length = new Uint8Array(4)
          writeInt32(length, 0, body.length)
          return [length, body]
        })
        expect(equalBytes(concatBytes(gatherFrames(list)), concatBytes(plain))).toBe(true)
      }),
    )
  })

  it('are few pieces: large parts as they are, everything between them copied together', () => {
    fc.assert(
      fc.property(frames, list => {
        const large = new Set<Uint8Array>(list.flat().filter(({ length }) => length > 8192))
        const copied = gatherFrames(list).filter(piece => !large.delete(piece))
        expect(large.size).toBe(0)
        for (const { length } of copied) expect(length).toBeLessThanOrEqual(64 * 1024)
        const bytes = copied.reduce((sum, { length }) => sum + length, 0)
        const largeCount = list.flat().filter(({ length }) => length > 8192).length
        expect(copied.length).toBeLessThanOrEqual(largeCount + 1 + bytes / (32 * 1024))
      }),
    )
  })
})
