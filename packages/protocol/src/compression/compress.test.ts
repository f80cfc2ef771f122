import { MalformedError, equalBytes, snappyBlock } from '@samsa/base'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compress, compressAsync, decompress, decompressAsync } from './compress.ts'
import { compressionId, compressionOfId, compressions } from './compression.ts'

const MAX_BYTES = 1 << 20

/** Content of several blocks, in part repetitive. */
const content = fc
  .tuple(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.integer({ min: 0, max: 1500 }))
  .map(([pattern, times]) => {
    const bytes = new Uint8Array(pattern.length * times)
    for (let at = 0; at < bytes.length; at += pattern.length) bytes.set(pattern, at)
    return bytes
  })

describe.each(compressions)('%s', codec => {
  it('gives back what it was given, at once and off the event loop', async () => {
    await fc.assert(
      fc.asyncProperty(content, fc.constantFrom(0, 1, 2), async (bytes, magic) => {
        const compressed = compress(codec, bytes, undefined, magic)
        expect(equalBytes(decompress(codec, compressed, MAX_BYTES, magic), bytes)).toBe(true)
        const later = await compressAsync(codec, bytes, undefined, magic)
        expect(equalBytes(later, compressed) || codec === 'zstd').toBe(true)
        expect(equalBytes(await decompressAsync(codec, later, MAX_BYTES, magic), bytes)).toBe(true)
      }),
      { numRuns: 40 },
    )
  })

  it('has a number', () => {
    expect(compressionOfId(compressionId(codec))).toBe(codec)
  })

  if (codec === 'none') return

  it('refuses damaged input, or inflates it within the limit', () => {
    const mutation = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }))
    fc.assert(
      fc.property(
        content,
        fc.array(mutation, { minLength: 1, maxLength: 5 }),
        fc.option(fc.nat()),
        (bytes, mutations, cut) => {
          let damaged = compress(codec, bytes).slice()
          for (const [at, bits] of mutations) damaged[at % damaged.length]! ^= bits
          if (cut !== null) damaged = damaged.subarray(0, cut % damaged.length)
          try {
            expect(decompress(codec, damaged, 100_000).length).toBeLessThanOrEqual(100_000)
          } catch (error) {
            expect(error).toBeInstanceOf(MalformedError)
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('snappy', () => {
  const bytes = new Uint8Array(100_000).fill(3)

  it('is framed as by the Java client', () => {
    const header = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]
    expect([...compress('snappy', bytes).subarray(0, 16)]).toEqual(header)
  })

  it('without framing is read, too', () => {
    expect(equalBytes(decompress('snappy', snappyBlock.compress(bytes), 100_000), bytes)).toBe(true)
  })

  it('may be a concatenation', () => {
    const framed = compress('snappy', bytes)
    const twice = Uint8Array.from([...framed, ...framed])
    expect(decompress('snappy', twice, 200_000).length).toBe(200_000)
    expect(() => decompress('snappy', twice, 199_999)).toThrow(MalformedError)
  })

  it('of a version to come is refused', () => {
    const framed = compress('snappy', bytes)
    framed[15] = 2
    expect(() => decompress('snappy', framed, 100_000)).toThrow(/version 2/)
  })
})

it('there is no compression with the number 5', () => {
  expect(() => compressionOfId(5)).toThrow(MalformedError)
})
