import { type Clock, MalformedError, concatBytes } from '@samsa/base'
import {
  batchAttributes,
  batchBaseOffset,
  batchMagic,
  batchRecordCount,
  decodeBatch,
  isControl,
  nextBatch,
} from '@samsa/protocol'
import type { BatchScanner } from '../batch-scanner.ts'
import { lastOffsetOf } from '../batch-view.ts'
import { collectAborted } from '../read.ts'
import { INFLATED_BYTES_MAX, inflatedRecords } from '../record-checks.ts'
import { segmentBytesOf } from '../roll.ts'
import { SEGMENT_RANGE_MAX, type Segment } from '../segment.ts'
import { type FilterRules, filterBatch } from './batch-filter.ts'
import type { Cleanable } from './cleanable.ts'
import { KeyMap } from './key-map.ts'
import type { Pacer } from './pacer.ts'
import { SipHash } from './siphash.ts'
import { TransactionFilter } from './transaction-filter.ts'

const WRITE_CHUNK_BYTES = 256 * 1024

export interface CleaningTools {
  readonly clock: Clock
  readonly pacer: Pacer
  /** 16 random bytes. */
  readonly secret: Uint8Array
  /** Memory the key map may take. */
  readonly keyMapBytes: number
  /** Whether to give up at the next pause. */
  readonly isStopped: () => boolean
}

export interface CleaningResult {
  /** Everything below is clean now. */
  readonly endOffset: number
  readonly bytesBefore: number
  readonly bytesAfter: number
}

/** The log changed under the cleaner's hands in a way that makes its work useless: it was cut, dropped or closed. */
export class CleaningAbandoned extends Error {
  override readonly name = 'CleaningAbandoned'
}

/**
 * One pass over a log: learns the last offset of each key in the dirty part, then writes each run of segments anew
 * without the records that a later one replaces. Readers and writers go on meanwhile. Rejects with `CleaningAbandoned`,
 * `DiskError`, or `MalformedError` for a batch that cannot be read.
 */
export async function cleanLog(cleanable: Cleanable, tools: CleaningTools): Promise<CleaningResult> {
  const pass = new Pass(cleanable, tools)
  const keys = await pass.learnKeys()
  if (keys.latestOffset < cleanable.firstDirtyOffset) {
    throw new RangeError(
      `the keys of one batch need more than ${tools.keyMapBytes} bytes: raise log.cleaner.dedupe.buffer.size`,
    )
  }
  return pass.rewrite(keys)
}

class Pass {
  readonly #cleanable: Cleanable
  readonly #tools: CleaningTools
  readonly #version: number

  constructor(cleanable: Cleanable, tools: CleaningTools) {
    this.#cleanable = cleanable
    this.#tools = tools
    this.#version = cleanable.log.compaction.version
  }

  async learnKeys(): Promise<KeyMap> {
    const { log, firstDirtyOffset, endOffset } = this.#cleanable
    const { segments } = log.compaction
    const keys = new KeyMap(
      new SipHash(this.#tools.secret),
      endOffset - firstDirtyOffset,
      this.#tools.keyMapBytes,
    )
    const transactions = new TransactionFilter()
    const from = Math.max(0, segments.floor(firstDirtyOffset))
    transactions.expect(collectAborted(segments, from, firstDirtyOffset, endOffset))
    for (const segment of segments.all.slice(from)) {
      if (segment.baseOffset >= endOffset) break
      const start = segment.seek(firstDirtyOffset)?.position
      if (start === undefined) continue
      const scanner = segment.scan(start, { whole: true })
      while (scanner.next()) {
        if (batchBaseOffset(scanner.bytes, scanner.at) >= endOffset) break
        if (!learnBatch(scanner, keys, transactions, firstDirtyOffset)) return keys
        await this.#pause(scanner.length)
      }
    }
    // Offsets that compaction left unused before the end are clean, too.
    keys.latestOffset = endOffset - 1
    return keys
  }

  async rewrite(keys: KeyMap): Promise<CleaningResult> {
    const { log } = this.#cleanable
    const endOffset = keys.latestOffset + 1
    const sources = log.compaction.segments.all.filter(segment => segment.baseOffset < endOffset).slice()
    // The growing segment is never touched, even where the map ends within it.
    if (sources.at(-1) === log.compaction.segments.last) sources.pop()
    let bytesAfter = 0
    let bytesBefore = 0
    // A marker may end a transaction whose batches lie in an earlier group.
    let cleaned: Segment | undefined
    const transactions = new TransactionFilter(transaction => cleaned?.transactions.add(transaction))
    for (const group of grouped(sources, segmentBytesOf(log.config), this.#cleanable.endOffset)) {
      this.#assertUnchanged()
      cleaned = log.compaction.createCleaned(group[0]!.baseOffset)
      try {
        await this.#rewriteGroup(group, cleaned, this.#rules(keys, transactions, group))
        this.#assertUnchanged()
        await log.compaction.exchange(group, cleaned, () => this.#assertUnchanged())
      } catch (error) {
        log.compaction.discard(cleaned)
        throw error
      }
      bytesBefore += group.reduce((sum, segment) => sum + segment.size, 0)
      bytesAfter += cleaned.size
    }
    return { endOffset, bytesBefore, bytesAfter }
  }

  #rules(keys: KeyMap, transactions: TransactionFilter, group: readonly Segment[]): FilterRules {
    const { log, endOffset } = this.#cleanable
    const { segments } = log.compaction
    return {
      keys,
      transactions,
      producers: log.compaction.producerEnds(),
      endOffset,
      groupEndOffset: segments.at(segments.indexOf(group.at(-1)!) + 1)!.baseOffset,
      now: this.#tools.clock.now(),
      deleteRetentionMs: log.config['delete.retention.ms'],
    }
  }

  async #rewriteGroup(group: readonly Segment[], cleaned: Segment, rules: FilterRules): Promise<void> {
    const { log } = this.#cleanable
    const { segments } = log.compaction
    const kept: Uint8Array[] = []
    let keptBytes = 0
    const write = () => {
      appendCleaned(cleaned, kept, log.config['index.interval.bytes'])
      kept.length = 0
      keptBytes = 0
    }
    for (const segment of group) {
      const index = segments.indexOf(segment)
      const upTo = segments.at(index + 1)!.baseOffset
      rules.transactions.expect(collectAborted(segments, index, segment.baseOffset, upTo))
      const scanner = segment.scan(0, { whole: true })
      while (scanner.next()) {
        const batch = filterBatch(scanner.bytes, scanner.at, rules)
        // What is kept as it is shares the scanner's memory, which the next batch overwrites.
        if (batch !== undefined) kept.push(batch.slice())
        keptBytes += batch?.length ?? 0
        if (keptBytes >= WRITE_CHUNK_BYTES) write()
        await this.#pause(scanner.length + (batch?.length ?? 0))
      }
      if (scanner.position < segment.size) {
        throw new MalformedError(`segment ${segment.baseOffset} is damaged at byte ${scanner.position}`)
      }
    }
    write()
  }

  async #pause(bytes: number): Promise<void> {
    const rest = this.#tools.pacer.spent(bytes)
    if (rest === undefined) return
    await rest
    this.#assertUnchanged()
  }

  #assertUnchanged(): void {
    const isChanged = this.#cleanable.log.compaction.version !== this.#version
    if (isChanged || this.#tools.isStopped()) throw new CleaningAbandoned()
  }
}

/** Notes the keys of a batch; false when the map is full. */
function learnBatch(
  scanner: BatchScanner,
  keys: KeyMap,
  transactions: TransactionFilter,
  firstDirtyOffset: number,
): boolean {
  const { bytes, at } = scanner
  const lastOffset = lastOffsetOf(bytes, at)
  if (batchMagic(bytes, at) < 2) {
    if (!learnMessages(bytes, at, keys, firstDirtyOffset)) return false
  } else if (isControl(batchAttributes(bytes, at))) transactions.isMarkerUnneeded(bytes, at)
  else if (!transactions.isAborted(bytes, at) && batchRecordCount(bytes, at) > 0) {
    const baseOffset = batchBaseOffset(bytes, at)
    const cursor = inflatedRecords(bytes, at)
    while (cursor.next()) {
      const offset = baseOffset + cursor.offsetDelta
      if (cursor.keyLength < 0 || offset < firstDirtyOffset) continue
      if (!keys.put(cursor.bytes, cursor.keyAt, cursor.keyAt + cursor.keyLength, offset)) return false
    }
  }
  if (lastOffset >= firstDirtyOffset) keys.latestOffset = lastOffset
  return true
}

function learnMessages(bytes: Uint8Array, at: number, keys: KeyMap, firstDirtyOffset: number): boolean {
  for (const { key, offset } of decodeBatch(bytes, at, { maxInflatedBytes: INFLATED_BYTES_MAX })) {
    if (key !== null && offset >= firstDirtyOffset && !keys.put(key, 0, key.length, offset)) return false
  }
  return true
}

/** Runs of segments that fit into one. */
function grouped(segments: readonly Segment[], sizeMax: number, endOffset: number): Segment[][] {
  const groups: Segment[][] = []
  let size = 0
  for (const [index, segment] of segments.entries()) {
    const group = groups.at(-1)
    const nextOffset = segments[index + 1]?.baseOffset ?? endOffset
    const fits =
      group !== undefined &&
      size + segment.size <= sizeMax &&
      nextOffset - group[0]!.baseOffset <= SEGMENT_RANGE_MAX
    if (fits) group.push(segment)
    else groups.push([segment])
    size = (fits ? size : 0) + segment.size
  }
  return groups
}

function appendCleaned(cleaned: Segment, batches: readonly Uint8Array[], intervalBytes: number): void {
  if (batches.length === 0) return
  const bytes = concatBytes(batches)
  const start = cleaned.size
  cleaned.log.use().write([bytes], start)
  cleaned.size += bytes.length
  for (let at = 0; at < bytes.length; ) {
    const next = nextBatch(bytes, at, bytes.length)
    cleaned.noteBatch(bytes, at, next - at, start + at, intervalBytes)
    at = next
  }
}
