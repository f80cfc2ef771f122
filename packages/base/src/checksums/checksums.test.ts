import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32, crc32Portable } from './crc32.ts'
import { crc32c, crc32cPortable } from './crc32c.ts'
import { murmur2 } from './murmur2.ts'
import { xxhash32 } from './xxhash32.ts'

const ascii = (text: string) => new TextEncoder().encode(text)
const pattern = (length: number) => Uint8Array.from({ length }, (_, i) => i * 37 + 200)

// Printed by a Java program from org.apache.kafka.common.utils.Utils.murmur2 (kafka-clients 4.3.1), java.util.zip.CRC32C
// and CRC32 (Java 17), and net.jpountz.xxhash.XXHash32: the bytes are `pattern(length)`.
const javaVectors = [
  { length: 1, murmur: 425050138, castagnoli: 455683418, zip: 1203610895, xx: 2856274085, xx42: 4106576335 },
  { length: 2, murmur: -1606385903, castagnoli: 884567134, zip: 2621559164, xx: 2858956925, xx42: 396472788 },
  {
    length: 3,
    murmur: -108754803,
    castagnoli: 1584478289,
    zip: 2023023107,
    xx: 2892841603,
    xx42: 3675706621,
  },
  { length: 4, murmur: 1386831423, castagnoli: 356800227, zip: 4090400730, xx: 17714249, xx42: 4228536387 },
  { length: 5, murmur: 580644288, castagnoli: 3194903018, zip: 3593078551, xx: 1833769197, xx42: 496261261 },
  { length: 7, murmur: -532381679, castagnoli: 1970525386, zip: 3339942455, xx: 3474040779, xx42: 787166842 },
  {
    length: 8,
    murmur: 1482585343,
    castagnoli: 2690884486,
    zip: 1724793536,
    xx: 3435955487,
    xx42: 3043715906,
  },
  {
    length: 100,
    murmur: 431222679,
    castagnoli: 4270781159,
    zip: 1989982820,
    xx: 3407673024,
    xx42: 1815082613,
  },
  {
    length: 1000,
    murmur: -1253364126,
    castagnoli: 1106170669,
    zip: 2047810403,
    xx: 527400041,
    xx42: 1146987881,
  },
]

describe('checksums', () => {
  it.each(javaVectors)('of $length bytes are those of Java', vector => {
    const bytes = pattern(vector.length)
    expect(murmur2(bytes)).toBe(vector.murmur)
    expect(crc32c(bytes)).toBe(vector.castagnoli)
    expect(crc32(bytes)).toBe(vector.zip)
    expect(xxhash32(bytes)).toBe(vector.xx)
    expect(xxhash32(bytes, 0, bytes.length, 42)).toBe(vector.xx42)
  })

  it('of a part are those of a copy of the part', () => {
    const part = fc.tuple(fc.uint8Array({ maxLength: 2000 }), fc.nat(2000), fc.nat(2000))
    const check = ([bytes, from, to]: [Uint8Array, number, number]) => {
      const end = Math.min(to, bytes.length)
      const start = Math.min(from, end)
      const copy = bytes.slice(start, end)
      expect(crc32c(bytes, start, end)).toBe(crc32cPortable(copy))
      expect(crc32(bytes, start, end)).toBe(crc32Portable(copy))
      expect(xxhash32(bytes, start, end)).toBe(xxhash32(copy))
    }
    fc.assert(fc.property(part, check))
  })

  it('can be taken in pieces', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.nat(3000), (bytes, at) => {
        const cut = Math.min(at, bytes.length)
        const seeded = { castagnoli: crc32c(bytes, 0, cut), zip: crc32(bytes, 0, cut) }
        expect(crc32c(bytes, cut, bytes.length, seeded.castagnoli)).toBe(crc32c(bytes))
        expect(crc32(bytes, cut, bytes.length, seeded.zip)).toBe(crc32(bytes))
      }),
    )
  })
})

describe('crc32c', () => {
  // RFC 3720, appendix B.4
  it.each([
    ['32 zero bytes', new Uint8Array(32), 0x8a9136aa],
    ['32 bytes of 0xff', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['32 bytes going up', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ['32 bytes going down', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
    ['the digits 1 to 9', ascii('123456789'), 0xe3069283],
    ['nothing', new Uint8Array(0), 0],
  ])('of %s is the published one', (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected)
    expect(crc32cPortable(bytes)).toBe(expected)
  })

  it('is the same from native code and from JavaScript', () => {
    const bytes = pattern(100_003)
    expect(crc32c(bytes)).toBe(crc32cPortable(bytes))
    expect(crc32(bytes)).toBe(crc32Portable(bytes))
  })
})

describe('xxhash32', () => {
  it.each([
    ['', 0, 0x02cc5d05],
    ['a', 0, 0x550d7456],
    ['abc', 0, 0x32d153ff],
    ['Nobody inspects the spammish repetition', 0, 0xe2293b2f],
  ])('of "%s" with seed %i is the published one', (text, seed, expected) => {
    const bytes = ascii(text)
    expect(xxhash32(bytes, 0, bytes.length, seed)).toBe(expected)
  })
})

describe('murmur2', () => {
  // Printed by the same Java program.
  it.each([
    ['', 275646681],
    ['a', -1563381124],
    ['ab', 316155434],
    ['abc', 479470107],
    ['abcd', -1323649548],
    ['abcde', 461995741],
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['é中😀', 1824111047],
  ])('of "%s" is what the Java client computes', (text, expected) => {
    expect(murmur2(ascii(text))).toBe(expected)
  })
})
