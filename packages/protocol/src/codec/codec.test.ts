import { ByteReader, ByteWriter, MalformedError, concatBytes } from '@samsa/base'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { apis } from '../messages/index.ts'
import * as stored from '../messages/stored/index.ts'
import { type AnyMessage, Message } from '../schema/message.ts'
import { arbitraryFields } from './arbitrary.testing.ts'
import { RESPONSE_BUDGET_BYTES, openBudget } from './budget.ts'
import { decodeMessage, encodeMessage } from './codec.ts'
import { compileDecode, compileDecodeInSteps } from './compile-decode.ts'
import { compileEncode, compileEncodeInSteps } from './compile-encode.ts'
import { interpretDecode } from './interpret-decode.ts'
import { interpretEncode } from './interpret-encode.ts'

const messages: readonly AnyMessage[] = [
  ...apis.flatMap(api => [api.request, api.response]),
  ...[stored.groupRecords, stored.transactionRecords, stored.shareStateRecords]
    .flat()
    .flatMap(record => [record.key, record.value]),
  ...[stored.clusterMetadataRecords, stored.remoteLogRecords].flat().map(record => record.message),
  ...Object.values(stored).filter(value => value instanceof Message),
]

function versionsOf(message: AnyMessage): number[] {
  return Array.from({ length: message.maxVersion - message.minVersion + 1 }, (_, i) => message.minVersion + i)
}

function written(write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter(8)
  write(writer)
  return writer.toBytes()
}

/** What decoding comes to: a value and the position after it, or that the bytes are malformed. */
function outcome(decode: (reader: ByteReader) => unknown, bytes: Uint8Array): unknown {
  const reader = new ByteReader(bytes)
  openBudget(RESPONSE_BUDGET_BYTES)
  try {
    return { value: decode(reader), position: reader.position }
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedError)
    return 'malformed'
  }
}

/** What the last step of something done in steps comes to. */
function lastOf<T>(steps: Iterator<undefined, T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

describe.each(messages.map(message => [message.name, message] as const))('%s', (_, message) => {
  const versions = versionsOf(message)
  const codecs = versions.map(version => ({
    version,
    decode: compileDecode(message, version),
    encode: compileEncode(message, version),
    decodeInSteps: compileDecodeInSteps(message, version),
    encodeInSteps: compileEncodeInSteps(message, version),
    values: arbitraryFields(message.fields, version, message.isFlexible(version)),
  }))

  test('compiled and interpreted codecs agree in every version, and give back what was encoded', () => {
    for (const { version, decode, encode, values } of codecs) {
      fc.assert(
        fc.property(values, value => {
          const bytes = written(writer => encode(value, writer))
          expect(bytes).toEqual(written(writer => interpretEncode(message, version, value, writer)))
          const compiled = outcome(decode, bytes)
          expect(compiled).toStrictEqual({ value, position: bytes.length })
          expect(outcome(reader => interpretDecode(message, version, reader), bytes)).toStrictEqual(compiled)
        }),
        { numRuns: 12 },
      )
    }
  })

  test('what is done in steps comes to the same', () => {
    for (const { version, decode, encode, decodeInSteps, encodeInSteps } of codecs) {
      const values = arbitraryFields(message.fields, version, message.isFlexible(version), 5)
      for (const value of fc.sample(values, { numRuns: 3, seed: version })) {
        const bytes = written(writer => encode(value, writer))
        expect(written(writer => lastOf(encodeInSteps(value, writer)))).toEqual(bytes)
        const whole = outcome(decode, bytes)
        expect(outcome(reader => lastOf(decodeInSteps(reader)), bytes)).toStrictEqual(whole)
      }
    }
  })

  test('every truncation is malformed or ends earlier, for both codecs alike', () => {
    for (const { version, decode, encode, values } of codecs) {
      const value = fc.sample(values, { numRuns: 1, seed: version })[0]
      const bytes = written(writer => encode(value, writer))
      const step = Math.max(1, Math.floor(bytes.length / 200))
      for (let end = 0; end < bytes.length; end += step) {
        const cut = bytes.subarray(0, end)
        expect(outcome(decode, cut)).toBe('malformed')
        expect(outcome(reader => interpretDecode(message, version, reader), cut)).toBe('malformed')
      }
    }
  })

  test('mutated bytes decode to the same in both codecs, or are malformed in both', () => {
    for (const { version, decode, encode, values } of codecs) {
      const mutation = fc.record({
        at: fc.nat(),
        byte: fc.oneof(fc.constantFrom(0, 0xff, 0x7f, 0x80), fc.nat(255)),
      })
      fc.assert(
        fc.property(values, fc.array(mutation, { minLength: 1, maxLength: 4 }), (value, mutations) => {
          const bytes = concatBytes([written(writer => encode(value, writer)), new Uint8Array(1)]).slice()
          for (const { at, byte } of mutations) bytes[at % bytes.length] = byte
          const compiled = outcome(decode, bytes)
          expect(outcome(reader => interpretDecode(message, version, reader), bytes)).toStrictEqual(compiled)
        }),
        { numRuns: 12 },
      )
    }
  })

  test('objects of one message always have the same properties in the same order', () => {
    const shapes = versions.map(version => {
      const bytes = encodeMessage(message, version, minimal(message, version))
      return Object.keys(decodeMessage(message, version, bytes)).join()
    })
    expect(new Set(shapes).size).toBe(1)
  })
})

function minimal(message: AnyMessage, version: number): never {
  const values = arbitraryFields(message.fields, version, false)
  return fc.sample(values, { numRuns: 1, seed: 1 })[0] as never
}
