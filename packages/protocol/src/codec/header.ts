import { type ByteReader, type ByteWriter, MalformedError } from '@samsa/base'
import { apiOf } from '../messages/index.ts'
import type { Api } from '../schema/api.ts'
import { encodeScope } from './encode-scope.ts'

// Headers. The client id keeps its int16 length even in flexible versions, so that a server can read it of any client.
//
//   request   v0  apiKey:2 apiVersion:2 correlationId:4
//             v1  … clientId:2+n
//             v2  … clientId:2+n tags
//   response  v0  correlationId:4
//             v1  … tags

/** What stands before the body of a request. */
export interface RequestHeader {
  readonly apiKey: number
  /** As asked for: it may be one that this release does not speak. */
  readonly apiVersion: number
  /** Comes back with the answer. */
  readonly correlationId: number
  /** As the client calls itself; null when it does not. */
  readonly clientId: string | null
}

const CONTROLLED_SHUTDOWN = 7
const API_VERSIONS = 18

/** The version of the header of a request. */
export function requestHeaderVersion(api: Api, apiVersion: number): 0 | 1 | 2 {
  if (api.key === CONTROLLED_SHUTDOWN && apiVersion === 0) return 0
  return api.request.isFlexible(apiVersion) ? 2 : 1
}

/**
 * The version of the header of a response. ApiVersions' is always 0: a client reads that answer before it knows what
 * the server speaks (KIP-511).
 */
export function responseHeaderVersion(api: Api, apiVersion: number): 0 | 1 {
  return api.key !== API_VERSIONS && api.response.isFlexible(apiVersion) ? 1 : 0
}

/**
 * Decodes the header of a request; the reader is left at its body. The version asked for is not checked. An API key
 * that does not exist is a `MalformedError`: nothing after it can be understood.
 */
export function decodeRequestHeader(reader: ByteReader): RequestHeader {
  const apiKey = reader.int16()
  const apiVersion = reader.int16()
  const correlationId = reader.int32()
  const api = apiOf(apiKey)
  if (api === undefined) throw new MalformedError(`there is no API with the key ${apiKey}`)
  const headerVersion = requestHeaderVersion(api, apiVersion)
  const clientId = headerVersion === 0 ? null : decodeClientId(reader)
  if (headerVersion === 2) skipTags(reader)
  return { apiKey, apiVersion, correlationId, clientId }
}

function decodeClientId(reader: ByteReader): string | null {
  const length = reader.int16()
  return length < 0 ? null : reader.utf8(length)
}

/** No release has more than one; whoever sends thousands only wants them read. */
const HEADER_TAGS_MAX = 1_000

// No tagged field of a header is known so far.
function skipTags(reader: ByteReader): void {
  const count = reader.unsignedVarint()
  if (count > HEADER_TAGS_MAX) throw new MalformedError(`a header with ${count} tagged fields is none`)
  for (let left = count; left > 0; left--) {
    reader.unsignedVarint()
    reader.skip(reader.unsignedVarint())
  }
}

/** Encodes the header of a request. */
export function encodeRequestHeader(
  api: Api,
  apiVersion: number,
  correlationId: number,
  clientId: string | null,
  writer: ByteWriter,
): void {
  const headerVersion = requestHeaderVersion(api, apiVersion)
  writer.int16(api.key)
  writer.int16(apiVersion)
  writer.int32(correlationId)
  if (headerVersion > 0) encodeScope.nullableString(writer, clientId)
  if (headerVersion === 2) writer.uint8(0)
}

/** Decodes the header of a response and returns its correlation id; the reader is left at its body. */
export function decodeResponseHeader(api: Api, apiVersion: number, reader: ByteReader): number {
  const correlationId = reader.int32()
  if (responseHeaderVersion(api, apiVersion) === 1) skipTags(reader)
  return correlationId
}

/** Encodes the header of a response. */
export function encodeResponseHeader(
  api: Api,
  apiVersion: number,
  correlationId: number,
  writer: ByteWriter,
): void {
  writer.int32(correlationId)
  if (responseHeaderVersion(api, apiVersion) === 1) writer.uint8(0)
}
