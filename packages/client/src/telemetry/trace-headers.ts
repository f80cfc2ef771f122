import { decodeUtf8, encodeUtf8 } from '@samsa/base'
import { type HeadersInput, type RecordHeader, headersOf } from '../records/header.ts'
import type { TraceHeaders } from './telemetry.ts'

/** Longer than any header of the W3C's Trace Context and Baggage. */
const TRACE_BYTES_MAX = 8192

/**
 * A record's headers as texts by name, the last of a name, for whoever reads a trace from them. What is longer than
 * headers of traces may be is left out.
 */
export function traceHeadersOf(headers: readonly RecordHeader[]): TraceHeaders {
  const texts: Record<string, string> = {}
  for (const { key, value } of headers) {
    if (value !== null && value.length <= TRACE_BYTES_MAX) texts[key] = decodeUtf8(value)
  }
  return texts
}

/** Headers with those of a trace in place of others of the same names: a record passed on has one parent. */
export function withTraceHeaders(headers: HeadersInput | undefined, trace: TraceHeaders): RecordHeader[] {
  const kept = headersOf(headers).filter(({ key }) => !Object.hasOwn(trace, key))
  return [...kept, ...Object.entries(trace).map(([key, text]) => ({ key, value: encodeUtf8(text) }))]
}
