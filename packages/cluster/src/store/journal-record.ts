import { MalformedError, decodeUtf8, encodeUtf8 } from '@samsa/base'
import type { Change, Entry, Json } from './metadata-store.ts'

// A journal record is one line of JSON, so that any log-dumping tool shows what happened:
//
//   {"revision":7,"put":[["topics/orders",{…}]],"delete":["configs/topic/old"]}      one transaction
//   {"snapshot":7,"part":0,"of":2,"entries":[["topics/orders",{…},3,7], …]}          part of the whole state
//
// A put has a lease as a third element; a snapshot's entry is key, value, create and mod revision, and a lease.
// A snapshot replaces the state when its last part was read; an unfinished one (a crash) counts for nothing.

export type JournalRecord =
  | { readonly type: 'change'; readonly change: Change }
  | {
      readonly type: 'snapshot'
      readonly revision: number
      readonly part: number
      readonly parts: number
      readonly entries: Entry[]
    }

/** Bytes of entries after which a snapshot starts another part. */
const SNAPSHOT_PART_BYTES = 256 * 1024

export function encodeChange(change: Change): Uint8Array {
  const put: Json[] = []
  const deleted: string[] = []
  for (const event of change.events) {
    if (event.type === 'delete') deleted.push(event.key)
    else put.push(leased([event.entry.key, event.entry.value], event.entry))
  }
  const record = {
    revision: change.revision,
    ...(put.length > 0 && { put }),
    ...(deleted.length > 0 && { delete: deleted }),
  }
  return encodeUtf8(JSON.stringify(record))
}

/** The whole state as records, at least one. */
export function encodeSnapshot(revision: number, entries: Iterable<Entry>): Uint8Array[] {
  const parts: string[] = []
  let texts: string[] = []
  let length = 0
  for (const entry of entries) {
    const text = JSON.stringify(
      leased([entry.key, entry.value, entry.createRevision, entry.modRevision], entry),
    )
    if (length > SNAPSHOT_PART_BYTES) {
      parts.push(texts.join(','))
      texts = []
      length = 0
    }
    texts.push(text)
    length += text.length
  }
  parts.push(texts.join(','))
  return parts.map((text, part) =>
    encodeUtf8(`{"snapshot":${revision},"part":${part},"of":${parts.length},"entries":[${text}]}`),
  )
}

/**
 * Reads one record. `createRevisionOf` says since when a key exists, for a change to one.
 *
 * @throws MalformedError when the record is none that this program writes
 */
export function decodeJournalRecord(
  bytes: Uint8Array,
  createRevisionOf: (key: string) => number | undefined,
): JournalRecord {
  const record = parse(bytes)
  if (typeof record['revision'] === 'number') {
    return { type: 'change', change: changeOf(record['revision'], record, createRevisionOf) }
  }
  const { snapshot, part, of, entries } = record
  if (typeof snapshot !== 'number' || typeof part !== 'number' || typeof of !== 'number') throw unknown(bytes)
  return { type: 'snapshot', revision: snapshot, part, parts: of, entries: rows(entries).map(entryOf) }
}

function changeOf(
  revision: number,
  record: Record<string, unknown>,
  createRevisionOf: (key: string) => number | undefined,
): Change {
  const puts = rows(record['put']).map(row => {
    const [key, value, lease] = row as [string, Json, string?]
    const entry = { key, value, createRevision: createRevisionOf(key) ?? revision, modRevision: revision }
    return { type: 'put' as const, entry: lease === undefined ? entry : { ...entry, lease } }
  })
  const deletes = rows(record['delete']).map(key => ({ type: 'delete' as const, key: key as string }))
  return { revision, events: [...puts, ...deletes] }
}

function entryOf(row: unknown): Entry {
  const [key, value, createRevision, modRevision, lease] = row as [string, Json, number, number, string?]
  return { key, value, createRevision, modRevision, ...(lease !== undefined && { lease }) }
}

function leased(row: Json[], entry: Entry): Json[] {
  if (entry.lease !== undefined) row.push(entry.lease)
  return row
}

function parse(bytes: Uint8Array): Record<string, unknown> {
  try {
    const record: unknown = JSON.parse(decodeUtf8(bytes))
    if (typeof record === 'object' && record !== null) return record as Record<string, unknown>
  } catch {}
  throw unknown(bytes)
}

function rows(value: unknown): unknown[] {
  if (value === undefined) return []
  if (!Array.isArray(value))
    throw new MalformedError('a metadata journal record holds no list where one belongs')
  return value
}

function unknown(bytes: Uint8Array): MalformedError {
  const start = decodeUtf8(bytes.subarray(0, 60))
  return new MalformedError(`not a metadata journal record that this version knows: ${start}`)
}
