import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cachedText } from './text-cache.ts'

test('a cached text is what decoding gives, whatever was cached before', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 3 }),
    fc.string().map(text => new TextEncoder().encode(text)),
  )
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 50 }), pieces => {
      for (const bytes of [...pieces, ...pieces]) {
        const padded = new Uint8Array([0x61, ...bytes, 0x62])
        const text = cachedText(padded, 1, bytes.length)
        expect(text).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))
      }
    }),
  )
})

test('long text is not cached', () => {
  expect(cachedText(new Uint8Array(1000), 0, 1000)).toBeUndefined()
})
