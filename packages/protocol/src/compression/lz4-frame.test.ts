import { readFileSync } from 'node:fs'
import { MalformedError, equalBytes } from '@samsa/base'
import { describe, expect, it } from 'vitest'
import { compress, decompress } from './compress.ts'

// What other programs wrote: see fixtures/wire/records/README.md.
interface Fixture {
  name: string
  bytes: string
  content: { byte: number; length: number }
}
const file = new URL('../../../../fixtures/wire/records/lz4-frames.json', import.meta.url)
const fixtures = JSON.parse(readFileSync(file, 'utf8')) as Fixture[]
const bytesOf = (fixture: Fixture) => Uint8Array.from(Buffer.from(fixture.bytes, 'hex'))
const dependsOnOtherBlocks = (fixture: Fixture) => (bytesOf(fixture)[4]! & 0b10_0000) === 0
const readable = fixtures.filter(fixture => !dependsOnOtherBlocks(fixture))

describe('a frame of another program', () => {
  it.each(readable)('($name) is read', fixture => {
    const { byte, length } = fixture.content
    const content = decompress('lz4', bytesOf(fixture), length)
    expect(equalBytes(content, new Uint8Array(length).fill(byte))).toBe(true)
  })

  it.each(readable.filter(fixture => fixture.content.length > 0))(
    '($name) is refused when it holds more than allowed',
    fixture => {
      expect(() => decompress('lz4', bytesOf(fixture), fixture.content.length - 1)).toThrow(MalformedError)
    },
  )

  it.each(readable)(
    '($name) is refused when a byte of its header or a checksum is wrong, or it is cut off',
    fixture => {
      const bytes = bytesOf(fixture)
      const { length } = fixture.content
      for (let at = 0; at < 7; at++) {
        bytes[at]! ^= 0x10
        expect(() => decompress('lz4', bytes, length)).toThrow(MalformedError)
        bytes[at]! ^= 0x10
      }
      for (let end = bytes.length - 1; end > 0; end = end > 40 ? end >> 1 : end - 1) {
        expect(() => decompress('lz4', bytes.subarray(0, end), length)).toThrow(MalformedError)
      }
    },
  )

  it.each(readable.filter(fixture => (bytesOf(fixture)[4]! & 0b100) !== 0))(
    '($name) is refused when the checksum of its content is wrong',
    fixture => {
      const bytes = bytesOf(fixture)
      bytes[bytes.length - 1]! ^= 1
      expect(() => decompress('lz4', bytes, 1 << 20)).toThrow(/checksum of its content/)
    },
  )

  it.each(readable.filter(fixture => (bytesOf(fixture)[4]! & 0b1_0000) !== 0 && fixture.content.length > 0))(
    '($name) is refused when the checksum of a block is wrong',
    fixture => {
      const bytes = bytesOf(fixture)
      const headerBytes = (bytes[4]! & 0b1000) === 0 ? 7 : 15
      const blockBytes = bytes[headerBytes]! | (bytes[headerBytes + 1]! << 8)
      bytes[headerBytes + 4 + blockBytes]! ^= 1
      expect(() => decompress('lz4', bytes, 1 << 20)).toThrow(/checksum of a block/)
    },
  )

  it('is refused when its blocks depend on each other, as Kafka does', () => {
    const [fixture] = fixtures.filter(dependsOnOtherBlocks)
    expect(() => decompress('lz4', bytesOf(fixture!), 1 << 20)).toThrow(/depend on each other/)
  })
})

describe('a frame of ours', () => {
  const content = new Uint8Array(200_000).fill(7)

  it('has a right header checksum, and the old wrong one in messages v0', () => {
    const right = compress('lz4', content)
    const old = compress('lz4', content, undefined, 0)
    expect(right[6]).toBe(0x82)
    expect(old[6]).not.toBe(0x82)
    expect(() => decompress('lz4', old, content.length)).toThrow(/checksum of its header/)
    expect(equalBytes(decompress('lz4', old, content.length, 0), content)).toBe(true)
    expect(equalBytes(decompress('lz4', right, content.length, 0), content)).toBe(true)
  })

  it('stores what does not get smaller', () => {
    const noise = Uint8Array.from({ length: 70_000 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 24)
    for (let i = 1; i < noise.length; i++)
      noise[i] = Math.imul(noise[i]! ^ noise[i - 1]! ^ i, 0x85ebca6b) >>> 13
    const frame = compress('lz4', noise)
    expect(frame.length).toBeLessThanOrEqual(noise.length + 7 + 2 * 4 + 4)
    expect(equalBytes(decompress('lz4', frame, noise.length), noise)).toBe(true)
  })

  it('ends where it ends: what follows is ignored, as Kafka does', () => {
    const frame = Uint8Array.from([...compress('lz4', content), 1, 2, 3])
    expect(decompress('lz4', frame, content.length).length).toBe(content.length)
  })
})
