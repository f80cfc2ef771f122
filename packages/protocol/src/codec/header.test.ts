import { ByteReader, ByteWriter, MalformedError, concatBytes } from '@samsa/base'
import { describe, expect, test } from 'vitest'
import { ApiVersions, ControlledShutdown, Fetch, Metadata, apis } from '../messages/index.ts'
import {
  decodeRequestHeader,
  decodeResponseHeader,
  encodeRequestHeader,
  encodeResponseHeader,
  requestHeaderVersion,
  responseHeaderVersion,
} from './header.ts'

function written(write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter()
  write(writer)
  return writer.toBytes()
}

function reader(...bytes: number[]): ByteReader {
  return new ByteReader(new Uint8Array(bytes))
}

describe('the header of a request', () => {
  test('with thousands of tagged fields is none: they would only take time', () => {
    const writer = new ByteWriter()
    encodeRequestHeader(Metadata, 12, 1, 'client', writer)
    const tags = new ByteWriter()
    tags.unsignedVarint(30_000)
    for (let i = 0; i < 30_000; i++) tags.bytes(new Uint8Array([9, 0]))
    const bytes = concatBytes([writer.toBytes().subarray(0, -1), tags.toBytes()])
    expect(() => decodeRequestHeader(new ByteReader(bytes))).toThrow('a header with 30000 tagged fields')
  })

  test('comes back from its bytes, in every version of every API', () => {
    for (const api of apis) {
      for (let version = api.minVersion; version <= api.maxVersion; version++) {
        for (const clientId of ['some client', '', null]) {
          const bytes = written(writer => encodeRequestHeader(api, version, -7, clientId, writer))
          const from = new ByteReader(bytes)
          const isNameless = requestHeaderVersion(api, version) === 0
          expect(decodeRequestHeader(from)).toEqual({
            apiKey: api.key,
            apiVersion: version,
            correlationId: -7,
            clientId: isNameless ? null : clientId,
          })
          expect(from.remaining).toBe(0)
        }
      }
    }
  })

  test('is flexible from the first flexible version on, yet the client id keeps its two-byte length', () => {
    expect(requestHeaderVersion(Metadata, 8)).toBe(1)
    expect(requestHeaderVersion(Metadata, 9)).toBe(2)
    const bytes = written(writer => encodeRequestHeader(Metadata, 9, 1, 'c', writer))
    expect([...bytes]).toEqual([0, 3, 0, 9, 0, 0, 0, 1, 0, 1, 0x63, 0])
  })

  test('has no client id in ControlledShutdown v0 alone', () => {
    expect(requestHeaderVersion(ControlledShutdown, 0)).toBe(0)
    expect(requestHeaderVersion(ControlledShutdown, 1)).toBe(1)
    expect(decodeRequestHeader(reader(0, 7, 0, 0, 0, 0, 0, 5)).clientId).toBeNull()
  })

  test('of a version that does not exist yet is read as the newest, so that ApiVersions can be answered', () => {
    const header = decodeRequestHeader(reader(0, 18, 0, 99, 0, 0, 0, 5, 0, 1, 0x63, 0))
    expect(header).toEqual({ apiKey: 18, apiVersion: 99, correlationId: 5, clientId: 'c' })
  })

  test('may have tagged fields, which are skipped', () => {
    const from = reader(0, 3, 0, 9, 0, 0, 0, 1, 0xff, 0xff, 2, 0, 1, 9, 7, 2, 9, 9, 42)
    expect(decodeRequestHeader(from).clientId).toBeNull()
    expect(from.remaining).toBe(1)
  })

  test('with a key that no API has is malformed', () => {
    expect(() => decodeRequestHeader(reader(3, 0xe7, 0, 0, 0, 0, 0, 1))).toThrow('no API with the key 999')
    expect(() => decodeRequestHeader(reader(0xff, 0xff, 0, 0, 0, 0, 0, 1))).toThrow(MalformedError)
  })

  test('that is cut anywhere is malformed', () => {
    const bytes = written(writer => encodeRequestHeader(Fetch, 12, 1, 'client', writer))
    for (let end = 0; end < bytes.length; end++) {
      expect(() => decodeRequestHeader(new ByteReader(bytes, 0, end))).toThrow(MalformedError)
    }
  })
})

describe('the header of a response', () => {
  test('comes back from its bytes, in every version of every API', () => {
    for (const api of apis) {
      for (let version = api.minVersion; version <= api.maxVersion; version++) {
        const from = new ByteReader(written(writer => encodeResponseHeader(api, version, 77, writer)))
        expect(decodeResponseHeader(api, version, from)).toBe(77)
        expect(from.remaining).toBe(0)
      }
    }
  })

  test('of ApiVersions is never flexible', () => {
    for (let version = 0; version <= 4; version++) expect(responseHeaderVersion(ApiVersions, version)).toBe(0)
    expect(responseHeaderVersion(Metadata, 9)).toBe(1)
  })
})
