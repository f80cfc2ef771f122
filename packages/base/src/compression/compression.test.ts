import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { equalBytes } from '../bytes/arrays.ts'
import { MalformedError } from '../bytes/malformed-error.ts'
import type { Codec } from './codec.ts'
import { gzip } from './gzip.ts'
import { lz4Block } from './lz4.ts'
import { snappyBlock } from './snappy.ts'
import { zstd } from './zstd.ts'

const MAX_BYTES = 1 << 20
const codecs: [string, Codec][] = [
  ['gzip', gzip],
  ['snappy', snappyBlock],
  ['lz4', lz4Block],
  ['zstd', zstd],
]

/** Bytes as they occur: some random, some that repeat. */
const content = fc.oneof(
  fc.uint8Array({ maxLength: 5000 }),
  fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 2000 }))
    .map(([pattern, times]) =>
      Uint8Array.from({ length: pattern.length * times }, (_, i) => pattern[i % pattern.length]!),
    ),
)

const mutation = fc.record({
  at: fc.nat(),
  bits: fc.integer({ min: 1, max: 255 }),
  keep: fc.option(fc.nat(), { freq: 4 }),
})

function mutate(
  bytes: Uint8Array,
  mutations: { at: number; bits: number; keep: number | null }[],
): Uint8Array {
  let mutated = bytes.slice()
  for (const { at, bits, keep } of mutations) {
    if (mutated.length === 0) return mutated
    mutated[at % mutated.length]! ^= bits
    if (keep !== null) mutated = mutated.slice(0, keep % (mutated.length + 1))
  }
  return mutated
}

// `toEqual` walks large arrays element by element, which takes seconds.
function expectBytes(actual: Uint8Array, expected: Uint8Array): void {
  expect(actual.length).toBe(expected.length)
  expect(equalBytes(actual, expected)).toBe(true)
}

/** What a decompression gives, or 'malformed'; any other error fails the test. */
function attempt(decompress: () => Uint8Array): Uint8Array | 'malformed' {
  try {
    return decompress()
  } catch (error) {
    if (error instanceof MalformedError) return 'malformed'
    throw error
  }
}

describe.each(codecs)('%s', (_, codec) => {
  it('gives back what it was given', () => {
    fc.assert(
      fc.property(content, bytes => {
        expectBytes(codec.decompress(codec.compress(bytes), MAX_BYTES), bytes)
      }),
    )
  })

  it('gives back what it was given off the event loop, in all combinations', async () => {
    await fc.assert(
      fc.asyncProperty(content, async bytes => {
        const compressed = await codec.compressAsync(bytes)
        expectBytes(codec.decompress(compressed, MAX_BYTES), bytes)
        expectBytes(await codec.decompressAsync(compressed, MAX_BYTES), bytes)
        expectBytes(await codec.decompressAsync(codec.compress(bytes), MAX_BYTES), bytes)
      }),
      { numRuns: 30 },
    )
  })

  it('inflates to exactly the limit and to no byte more', async () => {
    for (const length of [1, 1000, 300_000]) {
      const compressed = codec.compress(new Uint8Array(length).fill(7))
      expect(codec.decompress(compressed, length).length).toBe(length)
      expect((await codec.decompressAsync(compressed, length)).length).toBe(length)
      expect(() => codec.decompress(compressed, length - 1)).toThrow(MalformedError)
      await expect(codec.decompressAsync(compressed, length - 1)).rejects.toThrow(MalformedError)
    }
  })

  it('refuses damaged input, or inflates it within the limit', () => {
    fc.assert(
      fc.property(content, fc.array(mutation, { minLength: 1, maxLength: 4 }), (bytes, mutations) => {
        const result = attempt(() => codec.decompress(mutate(codec.compress(bytes), mutations), MAX_BYTES))
        expect(result === 'malformed' || result.length <= MAX_BYTES).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('refuses random input, or inflates it within the limit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async bytes => {
        const result = attempt(() => codec.decompress(bytes, MAX_BYTES))
        expect(result === 'malformed' || result.length <= MAX_BYTES).toBe(true)
        const later = await codec.decompressAsync(bytes, MAX_BYTES).catch(error => {
          expect(error).toBeInstanceOf(MalformedError)
          return 'malformed'
        })
        expect(later).toEqual(result)
      }),
      { numRuns: 300 },
    )
  })

  it('refuses no input at all', () => {
    expect(() => codec.decompress(new Uint8Array(0), MAX_BYTES)).toThrow(MalformedError)
  })
})

describe('zstd', () => {
  /** A frame of `count` blocks that each stand for 128 KB of one byte, stating `contentBytes` or nothing. */
  function runLengthFrame(count: number, contentBytes?: number): Uint8Array {
    const header = [0x28, 0xb5, 0x2f, 0xfd, contentBytes === undefined ? 0 : 0x80, 0x38]
    if (contentBytes !== undefined) for (let i = 0; i < 4; i++) header.push((contentBytes >>> (8 * i)) & 0xff)
    for (let i = 0; i < count; i++) {
      const block = (131072 << 3) | 2 | (i === count - 1 ? 1 : 0)
      header.push(block & 0xff, (block >>> 8) & 0xff, block >>> 16, 65)
    }
    return Uint8Array.from(header)
  }

  it('of unknown size inflates as far as its blocks go', async () => {
    const frame = runLengthFrame(20)
    expectBytes(zstd.decompress(frame, 1 << 24), new Uint8Array(20 * 131072).fill(65))
    expect((await zstd.decompressAsync(frame, 1 << 24)).length).toBe(20 * 131072)
  })

  it('of unknown size that inflates to gigabytes is refused', async () => {
    const bomb = runLengthFrame(20_000)
    expect(() => zstd.decompress(bomb, 1 << 22)).toThrow(/more than the 4194304 bytes/)
    await expect(zstd.decompressAsync(bomb, 1 << 22)).rejects.toThrow(MalformedError)
  })

  it.each([100, 131072 * 3 - 1, 131072 * 3 + 1, 0x7fffffff])(
    'that states %i bytes and holds others is refused',
    async stated => {
      const frame = runLengthFrame(3, stated)
      expect(() => zstd.decompress(frame, 2 ** 31)).toThrow(MalformedError)
      await expect(zstd.decompressAsync(frame, 2 ** 31)).rejects.toThrow(MalformedError)
    },
  )

  it('may consist of several frames, skippable ones among them', async () => {
    const skippable = [0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]
    const one = zstd.compress(Uint8Array.of(1, 2, 3))
    const frames = Uint8Array.from([...one, ...skippable, ...runLengthFrame(1), ...one])
    const whole = zstd.decompress(frames, 1 << 20)
    expect(whole.length).toBe(131072 + 6)
    expectBytes(await zstd.decompressAsync(frames, 1 << 20), whole)
  })

  it('compresses better at a higher level', () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i * 31) >> 7)
    expect(zstd.compress(bytes, 19).length).toBeLessThan(zstd.compress(bytes, 1).length)
  })
})

describe('gzip', () => {
  it('may consist of several members', () => {
    const members = Uint8Array.from([
      ...gzip.compress(Uint8Array.of(1)),
      ...gzip.compress(Uint8Array.of(2, 3)),
    ])
    expect(gzip.decompress(members, 3)).toEqual(Uint8Array.of(1, 2, 3))
    expect(() => gzip.decompress(members, 2)).toThrow(MalformedError)
  })
})

describe('snappy', () => {
  it('that states more than its bytes can hold is refused before anything is allocated', () => {
    const stating = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x07, 0, 1)
    expect(() => snappyBlock.decompress(stating, 2 ** 31)).toThrow(/cannot hold/)
  })
})
