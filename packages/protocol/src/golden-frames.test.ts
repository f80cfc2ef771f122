import { readFileSync, readdirSync } from 'node:fs'
import { ByteReader, ByteWriter } from '@samsa/base'
import { describe, expect, test } from 'vitest'
import { RESPONSE_BUDGET_BYTES, openBudget } from './codec/budget.ts'
import {
  decodeRequest,
  decodeRequestHeader,
  decodeResponse,
  decodeResponseHeader,
  encodeRequest,
  encodeRequestHeader,
  encodeResponse,
  encodeResponseHeader,
  interpretDecode,
  interpretEncode,
} from './codec/index.ts'
import { ApiVersions, apiOf } from './messages/index.ts'
import { batchMagic, checkBatch, decodeBatch, decodeMessageSet, nextBatch } from './records/index.ts'
import type { Api } from './schema/api.ts'
import type { AnyMessage } from './schema/message.ts'

// Frames that other people's programs and Apache Kafka exchanged: fixtures/wire/requests/README.md tells their origin.

interface Exchange {
  readonly program: string
  readonly broker: string
  readonly version: number
  /** Frames without their length, in hexadecimal. */
  readonly request: string
  /** Null when there was none: acks=0, or the connection ended before. */
  readonly response: string | null
}

const folder = new URL('../../../fixtures/wire/requests/', import.meta.url)
const files = readdirSync(folder).filter(name => name.endsWith('.jsonl'))

const exchangesOf = (file: string): Exchange[] =>
  readFileSync(new URL(file, folder), 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Exchange)

const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))

/**
 * Requests with bytes after their end, which Apache Kafka passes over, and so must every server. Both are librdkafka's:
 * it keeps four bytes for the count of topics when it asks for all and needs one, and it ends AlterUserScramCredentials
 * with one tag section too many.
 */
const bytesAfter: Readonly<Record<string, number>> = { Metadata: 3, AlterUserScramCredentials: 1 }

function mayFollow({ program }: Exchange, api: Api): number[] {
  return program.includes('librdkafka') ? [0, bytesAfter[api.name] ?? 0] : [0]
}

/** Versions newer than this release knows: what they ask for is answered in version 0 (KIP-511). */
const isFromTheFuture = (api: Api, { version }: Exchange) => api === ApiVersions && version > api.maxVersion

function written(write: (writer: ByteWriter) => void): string {
  const writer = new ByteWriter()
  write(writer)
  return Buffer.from(writer.toBytes()).toString('hex')
}

/** Decodes a body with the interpreter, encodes it with both codecs, and returns what they made. */
function throughInterpreter(message: AnyMessage, version: number, reader: ByteReader) {
  openBudget(RESPONSE_BUDGET_BYTES)
  const value = interpretDecode(message, version, reader)
  return { value, encode: (writer: ByteWriter) => interpretEncode(message, version, value, writer) }
}

function checkRequest(api: Api, exchange: Exchange): unknown {
  const { version, request } = exchange
  const bytes = bytesOf(request)
  const reader = new ByteReader(bytes)
  const header = decodeRequestHeader(reader)
  expect(header).toMatchObject({ apiKey: api.key, apiVersion: version })
  const start = reader.position
  const value = decodeRequest(api, version, reader)
  expect(mayFollow(exchange, api)).toContain(reader.remaining)
  const whole = request.slice(0, 2 * reader.position)
  const plain = throughInterpreter(api.request, version, new ByteReader(bytes, start))
  expect(plain.value).toStrictEqual(value)
  const encodeHeader = (writer: ByteWriter) =>
    encodeRequestHeader(api, version, header.correlationId, header.clientId, writer)
  for (const encode of [plain.encode, (writer: ByteWriter) => encodeRequest(api, version, value, writer)]) {
    expect(
      written(writer => {
        encodeHeader(writer)
        encode(writer)
      }),
    ).toBe(whole)
  }
  return value
}

function checkResponse(api: Api, version: number, request: string, response: string): unknown {
  const bytes = bytesOf(response)
  const reader = new ByteReader(bytes)
  const correlationId = decodeResponseHeader(api, version, reader)
  expect(response.slice(0, 8)).toBe(request.slice(8, 16))
  const start = reader.position
  const value = decodeResponse(api, version, reader)
  expect(reader.remaining).toBe(0)
  const plain = throughInterpreter(api.response, version, new ByteReader(bytes, start))
  expect(plain.value).toStrictEqual(value)
  for (const encode of [plain.encode, (writer: ByteWriter) => encodeResponse(api, version, value, writer)]) {
    expect(
      written(writer => {
        encodeResponseHeader(api, version, correlationId, writer)
        encode(writer)
      }),
    ).toBe(response)
  }
  return value
}

/** What no text has. librdkafka's Python binding ends committed metadata with a zero. */
const UNREADABLE = /[^\P{Cc}\0\t\n\r]|\ufffd/u

/** Looks at every field of a decoded message: texts can be read, errors are known, records are whole. */
function checkSane(value: unknown, path: string): void {
  if (value === null || value === undefined) return
  if (typeof value === 'string') expect(value, path).not.toMatch(UNREADABLE)
  else if (typeof value === 'number') expect(Number.isFinite(value), path).toBe(true)
  else if (value instanceof Uint8Array) {
    if (path.endsWith('.records')) checkRecords(value, path)
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkSane(item, `${path}/${index}`)
  } else if (typeof value === 'object') {
    for (const [name, field] of Object.entries(value)) checkSane(field, `${path}.${name}`)
  }
}

const LIMITS = { maxInflatedBytes: 1 << 24 }

/** Batches are whole, except the last of an answer to Fetch, and their records can be read. */
function checkRecords(bytes: Uint8Array, path: string): void {
  for (let at = 0; at < bytes.length; ) {
    const next = nextBatch(bytes, at, bytes.length)
    if (next < 0) return
    expect(checkBatch(bytes, at, next), `${path} at byte ${at}`).toBe('NONE')
    const records =
      batchMagic(bytes, at) === 2
        ? decodeBatch(bytes, at, LIMITS)
        : decodeMessageSet(bytes.subarray(at, next), LIMITS)
    expect(records.length, path).toBeGreaterThan(0)
    at = next
  }
}

describe.each(files)('frames of %s', file => {
  const api = apiOf(Number.parseInt(file)) as Api
  const exchanges = exchangesOf(file)

  test.each(exchanges.map(exchange => [exchange.version, exchange.program, exchange] as const))(
    'v%i of %s decodes, makes sense, and encodes to the same bytes',
    (version, _, exchange) => {
      const { request, response } = exchange
      const isFuture = isFromTheFuture(api, exchange)
      if (!isFuture) checkSane(checkRequest(api, exchange), 'request')
      if (response !== null) {
        checkSane(checkResponse(api, isFuture ? 0 : version, request, response), 'response')
      }
    },
  )
})
