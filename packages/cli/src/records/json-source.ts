import type { RecordHeader } from '@samsa/client'
import { timeOf } from './moment.ts'
import type { SourceRecord } from './record-source.ts'

/**
 * Reads a line of JSON as `samsa consume --json` prints it: an object with `value` or `valueBase64`, and maybe key,
 * headers, partition and timestamp. A value that is no text is sent as it is written, to the last digit. Blank lines are
 * none. Throws `Error`.
 */
export function readJsonRecord(line: string): SourceRecord | undefined {
  if (line.trim() === '') return undefined
  const given = parsed(line)
  if (given['value'] === undefined && given['valueBase64'] === undefined)
    throw new Error('there is no "value". To send lines of JSON as they are, leave --json out.')
  const { partition, timestamp } = given
  return {
    key: bytesOr(given['keyBase64'], () => textOf(given['key'], line, 'key')),
    value: bytesOr(given['valueBase64'], () => textOf(given['value'], line, 'value')),
    headers: headersOf(given['headers']),
    ...(partition !== undefined && partition !== null && { partition: partitionOf(partition) }),
    ...(timestamp !== undefined && timestamp !== null && { timestamp: timestampOf(timestamp) }),
  }
}

function parsed(line: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(line)
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw new Error('this is no object. To send lines of JSON as they are, leave --json out.')
}

function bytesOr(base64: unknown, otherwise: () => string | null): string | Uint8Array | null {
  return typeof base64 === 'string' ? Buffer.from(base64, 'base64') : otherwise()
}

function textOf(value: unknown, line: string, name: string): string | null {
  if (value === undefined || value === null) return null
  return typeof value === 'string' ? value : (memberText(line, name) ?? JSON.stringify(value))
}

/** Numbers, or texts of digits. */
function partitionOf(given: unknown): number {
  const partition = Number(given)
  if (Number.isInteger(partition) && partition >= 0) return partition
  throw new Error(`${JSON.stringify(given)} is no partition.`)
}

/** Milliseconds since the epoch, or a time as `--at` takes it. */
export function timestampOf(given: unknown): number {
  const time = typeof given === 'number' ? given : timeOf(String(given), Date.now())
  if (time !== undefined && Number.isSafeInteger(time)) return time
  throw new Error(`${JSON.stringify(given)} is no timestamp.`)
}

/** By name, or in order as pairs. */
function headersOf(given: unknown): RecordHeader[] {
  if (given === undefined || given === null) return []
  if (typeof given !== 'object') throw new Error('"headers" is no object.')
  const pairs: [unknown, unknown][] = Array.isArray(given) ? given : Object.entries(given)
  return pairs.map(([key, value]) => ({ key: String(key), value: headerOf(value) }))
}

function headerOf(value: unknown): Uint8Array | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return Buffer.from(value)
  const { base64 } = value as { base64?: unknown }
  return typeof base64 === 'string' ? Buffer.from(base64, 'base64') : Buffer.from(JSON.stringify(value))
}

/** A string, or a sign of JSON. */
const jsonTokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g

/** The text of a member of the object, as it stands in valid JSON; the last one of the name counts. */
export function memberText(json: string, name: string): string | undefined {
  const wanted = JSON.stringify(name)
  let depth = 0
  let start = -1
  let last: string | undefined
  let found: string | undefined
  for (const { 0: token, index } of json.matchAll(jsonTokens)) {
    if (depth === 1 && token === ':' && last === wanted && start < 0) start = index + 1
    else if (depth === 1 && (token === ',' || token === '}') && start >= 0) {
      found = json.slice(start, index).trim()
      start = -1
    }
    if (token === '{' || token === '[') depth++
    else if (token === '}' || token === ']') depth--
    if (depth === 1) last = token
  }
  return found
}
