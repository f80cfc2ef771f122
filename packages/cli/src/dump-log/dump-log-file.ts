import { basename, resolve } from 'node:path'
import { MalformedError } from '@samsa/base'
import { type Record, decodeBatch } from '@samsa/protocol'
import { FailedError } from '../command/command.ts'
import { type BatchFacts, batchLine, factsOf } from './batch-lines.ts'
import { controlText } from './control-text.ts'
import type { DumpFindings } from './dump-findings.ts'
import type { DumpOutput } from './dump-output.ts'
import type { RecordReader } from './record-readers.ts'
import { type BatchPlace, SegmentFile } from './segment-file.ts'

/** Records of one batch may inflate to this much. */
const INFLATED_BYTES_MAX = 1 << 30

export interface LogDumpOptions {
  /** Looks into batches; otherwise each has one line. */
  readonly isDeep: boolean
  /** Reads keys and values; without it they are not printed. */
  readonly reader: RecordReader | undefined
  readonly skipsMetadata: boolean
  /** How much of the file is looked at, in bytes; undefined for all. */
  readonly maxBytes: number | undefined
}

/** Dumps a segment (`.log`) or a snapshot of the metadata log (`.checkpoint`). */
export async function dumpLogFile(
  path: string,
  options: LogDumpOptions,
  findings: DumpFindings,
  output: DumpOutput,
): Promise<void> {
  output.line(titleOf(basename(path)))
  using file = new SegmentFile(path)
  const end = Math.min(options.maxBytes ?? file.sizeBytes, file.sizeBytes)
  const walk = { path, options, findings, output, lastOffset: -1 }
  let validBytes = 0
  for (const place of file.batches(0, end)) {
    const facts = factsOf(place)
    output.line(batchLine(place, facts))
    if (options.isDeep) dumpRecords(walk, place, facts)
    validBytes += place.length
    await output.settle()
    if (output.isClosed) return
  }
  if (validBytes < end && options.maxBytes === undefined)
    output.line(`Found ${end - validBytes} invalid bytes at the end of ${basename(path)}`)
}

function titleOf(name: string): string {
  if (name.endsWith('.log')) return `Log starting offset: ${startOffsetOf(name)}`
  if (name === 'bootstrap.checkpoint') return 'KRaft bootstrap snapshot'
  const parts = /^(\d{20})-(\d{10})/.exec(name)
  if (parts === null)
    throw new FailedError(`${name} is not called as snapshots are: <offset>-<epoch>.checkpoint.`)
  return `Snapshot end offset: ${Number(parts[1])}, epoch: ${Number(parts[2])}`
}

/** The offset that a file of a segment is called after. */
export function startOffsetOf(name: string): number {
  const text = name.split('.')[0]!
  if (!/^\d+$/.test(text))
    throw new FailedError(`For input string: "${text}": files of a log are called after their first offset.`)
  return Number(text)
}

interface Walk {
  readonly path: string
  readonly options: LogDumpOptions
  readonly findings: DumpFindings
  readonly output: DumpOutput
  lastOffset: number
}

function dumpRecords(walk: Walk, place: BatchPlace, facts: BatchFacts): void {
  const { reader, skipsMetadata } = walk.options
  for (const record of recordsOf(walk.path, place)) {
    if (record.offset !== walk.lastOffset + 1)
      walk.findings.nonConsecutive(resolve(walk.path), walk.lastOffset, record.offset)
    walk.lastOffset = record.offset
    const parts = skipsMetadata ? [] : [metadataText(record, facts)]
    try {
      if (reader !== undefined && !facts.isControl) parts.push(...contents(reader, record))
    } finally {
      const text = parts.join(' ')
      walk.output.line(skipsMetadata && text !== '' ? `| ${text}` : text)
    }
  }
}

/** The records of a batch; throws `FailedError` when it is damaged. */
export function recordsOf(path: string, { bytes, at, position }: BatchPlace): Record[] {
  try {
    return decodeBatch(bytes, at, { maxInflatedBytes: INFLATED_BYTES_MAX })
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    throw new FailedError(`The batch at position ${position} of ${path} is damaged: ${error.message}.`)
  }
}

function metadataText(record: Record, facts: BatchFacts): string {
  const size = (bytes: Uint8Array | null) => bytes?.length ?? -1
  const sizes = `keySize: ${size(record.key)} valueSize: ${size(record.value)}`
  const keys = record.headers.map(({ key }) => key).join(',')
  const more =
    facts.magic === 2
      ? `sequence: ${record.sequence} headerKeys: [${keys}]`
      : `isValid: ${facts.isValid} crc: ${facts.crc}`
  const control = facts.isControl ? ` ${controlText(record)}` : ''
  return `| offset: ${record.offset} ${facts.timestampType}: ${record.timestamp} ${sizes} ${more}${control}`
}

function contents(reader: RecordReader, record: Record): string[] {
  const { key, value } = reader(record)
  return [
    ...(key === undefined ? [] : [`key: ${key}`]),
    ...(value === undefined ? [] : [`payload: ${value}`]),
  ]
}
