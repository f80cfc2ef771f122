import { uuidFromBytes } from '@samsa/base'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cachedUuid } from './uuid-cache.ts'

test('a cached UUID is the one its bytes stand for, whichever came before', () => {
  // Few different bytes: ids that share a slot, and the same id again, come often.
  const someUuid = fc.uint8Array({ minLength: 16, maxLength: 16, max: 2 })
  fc.assert(
    fc.property(fc.array(someUuid, { minLength: 1, maxLength: 40 }), uuids => {
      for (const bytes of uuids) {
        const framed = Uint8Array.of(9, ...bytes, 9)
        expect(cachedUuid(framed, 1)).toBe(uuidFromBytes(bytes))
      }
    }),
  )
})
