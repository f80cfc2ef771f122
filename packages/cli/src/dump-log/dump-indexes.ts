import { basename, dirname, join, resolve } from 'node:path'
import { readInt32, readInt64 } from '@samsa/base'
import { FailedError } from '../command/command.ts'
import { factsOf } from './batch-lines.ts'
import type { DumpFindings } from './dump-findings.ts'
import { recordsOf, startOffsetOf } from './dump-log-file.ts'
import type { DumpOutput } from './dump-output.ts'
import { SegmentFile, readSmallFile } from './segment-file.ts'

// An entry of an offset index is relativeOffset:4 position:4, of a time index timestamp:8 relativeOffset:4. Kafka reserves
// the files of the newest segment: zeros at the end are no entries.

const OFFSET_ENTRY_BYTES = 8
const TIME_ENTRY_BYTES = 12

export interface IndexDumpOptions {
  /** Only looks whether the index would be built anew at a start. */
  readonly checksOnly: boolean
  /** Compares the index with its log and prints no entries. */
  readonly verifiesOnly: boolean
  /** The size of the largest batch in bytes. */
  readonly maxMessageSize: number
}

interface OffsetEntry {
  readonly offset: number
  readonly position: number
}

/** Dumps an offset index, and compares it with the segment beside it; `shown` is how the file was called. */
export async function dumpOffsetIndex(
  path: string,
  shown: string,
  options: IndexDumpOptions,
  findings: DumpFindings,
  output: DumpOutput,
): Promise<void> {
  const base = startOffsetOf(basename(path))
  using log = new SegmentFile(besides(path, '.log'))
  const bytes = readSmallFile(path)
  const count = Math.floor(bytes.length / OFFSET_ENTRY_BYTES)
  if (count === 0) {
    output.line(`${shown} is empty.`)
    return
  }
  if (options.checksOnly) {
    const last = offsetEntry(bytes, count - 1, base).offset
    if (last < base)
      throw new FailedError(
        `Corrupt index found, index file ${resolve(path)} has non-zero size but the last offset is ${last} which is less than the base offset ${base}`,
      )
    checkLength(path, bytes.length, OFFSET_ENTRY_BYTES)
    output.line(`${shown} passed sanity check.`)
    return
  }
  for (let i = 0; i < count; i++) {
    const entry = offsetEntry(bytes, i, base)
    if (entry.offset === base && i > 0) return
    const found = lastOffsetAt(log, entry.position, options.maxMessageSize)
    if (found !== entry.offset) findings.offsetMismatch(resolve(path), entry.offset, found)
    if (!options.verifiesOnly) output.line(`offset: ${entry.offset} position: ${entry.position}`)
    await output.settle()
  }
}

function offsetEntry(bytes: Uint8Array, index: number, base: number): OffsetEntry {
  const at = index * OFFSET_ENTRY_BYTES
  return { offset: base + readInt32(bytes, at), position: readInt32(bytes, at + 4) }
}

function lastOffsetAt(log: SegmentFile, position: number, maxBytes: number): number {
  for (const place of log.batches(position, position + maxBytes)) return factsOf(place).lastOffset
  throw new FailedError(
    `No batch of at most ${maxBytes} bytes begins at position ${position} of ${log.path}: larger ones need --max-message-size.`,
  )
}

/** Dumps a time index, and compares it with the segment and the offset index beside it; `shown` is how the file was called. */
export async function dumpTimeIndex(
  path: string,
  shown: string,
  options: IndexDumpOptions,
  findings: DumpFindings,
  output: DumpOutput,
): Promise<void> {
  const base = startOffsetOf(basename(path))
  using log = new SegmentFile(besides(path, '.log'))
  const offsets = readSmallFile(besides(path, '.index'))
  const bytes = readSmallFile(path)
  if (options.checksOnly) {
    checkTimeIndex(path, bytes, base)
    output.line(`${shown} passed sanity check.`)
    return
  }
  let before = -1
  for (let i = 0; i < Math.floor(bytes.length / TIME_ENTRY_BYTES); i++) {
    const entry = timeEntry(bytes, i, base)
    if (entry.offset === base && i > 0) return
    checkTime(path, log, positionOf(offsets, entry.offset, base), entry, before, findings)
    if (!options.verifiesOnly) output.line(`timestamp: ${entry.timestamp} offset: ${entry.offset}`)
    before = entry.timestamp
    await output.settle()
  }
}

interface TimeEntry {
  readonly timestamp: number
  readonly offset: number
}

function timeEntry(bytes: Uint8Array, index: number, base: number): TimeEntry {
  const at = index * TIME_ENTRY_BYTES
  return { timestamp: readInt64(bytes, at), offset: base + readInt32(bytes, at + 8) }
}

function checkTime(
  path: string,
  log: SegmentFile,
  position: number,
  { offset, timestamp }: TimeEntry,
  before: number,
  findings: DumpFindings,
): void {
  for (const place of log.batches(position)) {
    const { lastOffset } = factsOf(place)
    if (lastOffset < offset) continue
    if (lastOffset > offset) {
      findings.offsetNotFound(offset, lastOffset)
      return
    }
    const latest = recordsOf(log.path, place).reduce((max, one) => Math.max(max, one.timestamp), -1)
    if (latest !== timestamp) findings.timestampMismatch(resolve(path), timestamp, latest)
    if (before >= timestamp) findings.timestampDisorder(resolve(path), timestamp, before)
    return
  }
  findings.offsetNotFound(offset, -1)
}

/** Where to begin to look for an offset: the position of the last entry at or before it. */
function positionOf(offsets: Uint8Array, offset: number, base: number): number {
  let low = -1
  let high = Math.floor(offsets.length / OFFSET_ENTRY_BYTES)
  // Zeros at the end are greater than everything.
  const isAfter = (index: number) => {
    const entry = offsetEntry(offsets, index, base)
    return entry.offset > offset || (index > 0 && entry.offset === base)
  }
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if (isAfter(middle)) high = middle
    else low = middle
  }
  return low < 0 ? 0 : offsetEntry(offsets, low, base).position
}

function checkTimeIndex(path: string, bytes: Uint8Array, base: number): void {
  const count = Math.floor(bytes.length / TIME_ENTRY_BYTES)
  if (count > 0) {
    const [first, last] = [timeEntry(bytes, 0, base), timeEntry(bytes, count - 1, base)]
    const start = `Corrupt time index found, time index file (${resolve(path)}) has non-zero size but the last`
    if (last.timestamp < first.timestamp)
      throw new FailedError(
        `${start} timestamp is ${last.timestamp} which is less than the first timestamp ${first.timestamp}`,
      )
    if (last.offset < base)
      throw new FailedError(`${start} offset is ${last.offset} which is less than the first offset ${base}`)
  }
  checkLength(path, bytes.length, TIME_ENTRY_BYTES)
}

function checkLength(path: string, length: number, entryBytes: number): void {
  if (length % entryBytes !== 0)
    throw new FailedError(
      `Index file ${resolve(path)} is corrupt, found ${length} bytes which is neither positive nor a multiple of ${entryBytes}.`,
    )
}

function besides(path: string, suffix: string): string {
  return join(dirname(path), `${basename(path).split('.')[0]}${suffix}`)
}
