import { ByteReader } from '@samsa/base'
import {
  BATCH_HEADER_BYTES,
  batchAttributes,
  batchBaseOffset,
  batchBaseSequence,
  batchBaseTimestamp,
  batchLastOffset,
  batchLastSequence,
  batchMaxTimestamp,
  batchProducerEpoch,
  batchProducerId,
  batchRecordCount,
  isControl,
  isTransactional,
} from '@samsa/protocol'
import { type AppendContext, type Refused, refused } from './append-outcome.ts'
import {
  type ProducerBatch,
  type ProducerEntry,
  findRepeated,
  isInSequence,
  lastSequenceOf,
  moveToEpoch,
  newProducerEntry,
  noteBatch,
} from './producer-entry.ts'
import { RefusedBatches } from './refused-batches.ts'

/** A transaction that a marker ended. */
export interface EndedTransaction {
  readonly producerId: number
  readonly firstOffset: number
  /** Offset of the marker. */
  readonly lastOffset: number
  readonly isAborted: boolean
}

const ABORT = 0
const COMMIT = 1
const EPOCH_MAX = 0x7fff

/**
 * The idempotent and transactional producers of one partition: what recognises repeated and out-of-order batches, and
 * which transactions are under way.
 *
 * Invariant: `entries` are those of all batches below `endOffset`, and change by `apply` only, live and on replay.
 */
export class Producers {
  readonly entries = new Map<number, ProducerEntry>()
  /** Of producers that are not among the entries; the store gives the ones it keeps. */
  refused = new RefusedBatches()
  /** Transactions without a marker, producers by first offset, in the order of first offsets. */
  readonly #open = new Map<number, number>()
  /** Ended transactions whose marker may not be replicated yet: offset of the marker by first offset. */
  readonly #unreplicated = new Map<number, number>()
  endOffset: number

  constructor(endOffset: number) {
    this.endOffset = endOffset
  }

  /** Takes the entries of a snapshot. */
  load(entries: readonly ProducerEntry[]): void {
    for (const entry of entries) this.entries.set(entry.producerId, entry)
    const open = entries.filter(entry => entry.transactionStart >= 0)
    open.sort((a, b) => a.transactionStart - b.transactionStart)
    for (const entry of open) this.#open.set(entry.transactionStart, entry.producerId)
  }

  /**
   * Whether a batch of a producer may be appended: undefined if so, the batch it repeats, or why it is refused.
   * The batch has no offset yet; `nextOffset` is the one it would get.
   */
  check(
    bytes: Uint8Array,
    at: number,
    nextOffset: number,
    context: AppendContext,
  ): ProducerBatch | Refused | undefined {
    const entry = this.entries.get(batchProducerId(bytes, at))
    const attributes = batchAttributes(bytes, at)
    if (isControl(attributes)) return checkMarker(bytes, at, entry, context)
    const epoch = batchProducerEpoch(bytes, at)
    const sequence = batchBaseSequence(bytes, at)
    if (context.origin === 'client' && entry !== undefined) {
      const repeated = findRepeated(entry, epoch, sequence, batchLastSequence(bytes, at))
      if (repeated !== undefined) return repeated
    }
    if (entry !== undefined && epoch < entry.epoch) return staleEpoch(entry, epoch, '<')
    if (isTransactional(attributes) && !isOpenFor(entry, epoch) && context.isTransactionVerified === false) {
      return refused('INVALID_TXN_STATE', 'The record is not part of a transaction under way.')
    }
    if (context.origin === 'client') {
      const problem = this.#checkSequence(bytes, at, entry, nextOffset)
      if (problem !== undefined) return problem
    }
    if (entry !== undefined && entry.transactionStart >= 0 && !isTransactional(attributes)) {
      return refused(
        'INVALID_TXN_STATE',
        `Producer ${entry.producerId} has a transaction under way and wrote a record outside of it.`,
      )
    }
    return undefined
  }

  /** Notes that the disk did not take a batch that `check` let pass. */
  noteRefused(bytes: Uint8Array, at: number): void {
    const producerId = batchProducerId(bytes, at)
    if (this.entries.has(producerId)) return
    this.refused.add(producerId, batchProducerEpoch(bytes, at), {
      firstSequence: batchBaseSequence(bytes, at),
      timestamp: batchMaxTimestamp(bytes, at),
    })
  }

  /** Whether the producer has a transaction under way here in this epoch. */
  hasOpenTransaction(producerId: number, epoch: number): boolean {
    return isOpenFor(this.entries.get(producerId), epoch)
  }

  /** Notes an appended batch that has a producer. The transaction it ends, if it is the marker of one with records here. */
  apply(bytes: Uint8Array, at: number): EndedTransaction | undefined {
    const producerId = batchProducerId(bytes, at)
    let entry = this.entries.get(producerId)
    if (entry === undefined) {
      entry = newProducerEntry(producerId)
      this.entries.set(producerId, entry)
      this.refused.forget(producerId)
    }
    const attributes = batchAttributes(bytes, at)
    if (isControl(attributes)) return this.#applyMarker(bytes, at, entry)
    const firstOffset = batchBaseOffset(bytes, at)
    noteBatch(entry, batchProducerEpoch(bytes, at), {
      firstSequence: batchBaseSequence(bytes, at),
      lastSequence: batchLastSequence(bytes, at),
      firstOffset,
      lastOffset: batchLastOffset(bytes, at),
      timestamp: batchMaxTimestamp(bytes, at),
    })
    if (isTransactional(attributes) && entry.transactionStart < 0) {
      entry.transactionStart = firstOffset
      this.#open.set(firstOffset, producerId)
    }
    return undefined
  }

  /** The last stable offset as of the end of `ended`, before `finish`: where the first other open transaction begins. */
  lastStableOffsetAt(ended: EndedTransaction): number {
    for (const [firstOffset, producerId] of this.#open)
      if (producerId !== ended.producerId) return firstOffset
    return ended.lastOffset + 1
  }

  /** Moves an ended transaction to those that only wait for the high watermark. */
  finish(ended: EndedTransaction): void {
    this.#open.delete(ended.firstOffset)
    this.#unreplicated.set(ended.firstOffset, ended.lastOffset)
  }

  /** Where the first transaction begins that is open or whose marker `highWatermark` has not passed; or `highWatermark`. */
  firstUnstableOffset(highWatermark: number): number {
    let first = Math.min(highWatermark, this.firstOpenOffset() ?? highWatermark)
    for (const [firstOffset, markerOffset] of this.#unreplicated) {
      if (markerOffset < highWatermark) this.#unreplicated.delete(firstOffset)
      else first = Math.min(first, firstOffset)
    }
    return first
  }

  /** Where the first transaction without a marker begins; undefined when there is none. */
  firstOpenOffset(): number | undefined {
    for (const firstOffset of this.#open.keys()) return firstOffset
    return undefined
  }

  /** Forgets producers without an open transaction that were silent for `expirationMs`. */
  expire(now: number, expirationMs: number): void {
    for (const entry of this.entries.values()) {
      if (entry.transactionStart < 0 && now - entry.lastTimestamp >= expirationMs) {
        this.entries.delete(entry.producerId)
      }
    }
    this.refused.expire(now, expirationMs)
  }

  /** When `expire` will forget the next one, unless it is heard of before; `Infinity` when there is none to forget. */
  nextExpiryMs(expirationMs: number): number {
    let nextMs = Number.POSITIVE_INFINITY
    for (const { transactionStart, lastTimestamp } of this.entries.values()) {
      if (transactionStart < 0) nextMs = Math.min(nextMs, lastTimestamp + expirationMs)
    }
    return nextMs
  }

  #checkSequence(
    bytes: Uint8Array,
    at: number,
    entry: ProducerEntry | undefined,
    nextOffset: number,
  ): Refused | undefined {
    const epoch = batchProducerEpoch(bytes, at)
    const sequence = batchBaseSequence(bytes, at)
    if (entry !== undefined) {
      if (isInSequence(entry, epoch, sequence)) return undefined
      return refused('OUT_OF_ORDER_SEQUENCE_NUMBER', outOfOrder(entry, epoch, sequence, nextOffset))
    }
    const producerId = batchProducerId(bytes, at)
    const overtaken = this.refused.overtakenBy(producerId, epoch, sequence)
    if (overtaken === undefined) return undefined
    return refused(
      'OUT_OF_ORDER_SEQUENCE_NUMBER',
      `Out of order sequence number for producer ${producerId} at offset ${nextOffset}: ${sequence} (incoming), and the disk was full for ${overtaken}, which has to come first.`,
    )
  }

  #applyMarker(bytes: Uint8Array, at: number, entry: ProducerEntry): EndedTransaction | undefined {
    const marker = readMarker(bytes, at)
    // Compaction empties the batch of a marker once its transaction is gone altogether.
    if (marker === undefined) return undefined
    const firstOffset = entry.transactionStart
    moveToEpoch(entry, batchProducerEpoch(bytes, at))
    entry.coordinatorEpoch = marker.coordinatorEpoch
    entry.lastTimestamp = marker.timestamp
    entry.transactionStart = -1
    if (firstOffset < 0) return undefined
    const lastOffset = batchBaseOffset(bytes, at)
    return { producerId: entry.producerId, firstOffset, lastOffset, isAborted: marker.isAborted }
  }
}

export interface Marker {
  readonly isAborted: boolean
  readonly coordinatorEpoch: number
  readonly timestamp: number
}

/**
 * The end-of-transaction marker in a control batch; undefined when the batch is empty or holds another kind of mark.
 *
 *   key: version:2 type:2   value: version:2 coordinator epoch:4
 */
export function readMarker(bytes: Uint8Array, at: number): Marker | undefined {
  if (batchRecordCount(bytes, at) < 1) return undefined
  const reader = new ByteReader(bytes, at + BATCH_HEADER_BYTES)
  reader.varint()
  reader.skip(1)
  const timestamp = batchBaseTimestamp(bytes, at) + reader.varlong()
  reader.varint()
  const keyLength = reader.varint()
  if (keyLength < 4) return undefined
  reader.skip(2)
  const type = reader.int16()
  reader.skip(keyLength - 4)
  if (type !== ABORT && type !== COMMIT) return undefined
  if (reader.varint() < 6) return undefined
  reader.skip(2)
  return { isAborted: type === ABORT, coordinatorEpoch: reader.int32(), timestamp }
}

const isOpenFor = (entry: ProducerEntry | undefined, epoch: number) =>
  entry !== undefined && entry.transactionStart >= 0 && entry.epoch === epoch

function checkMarker(
  bytes: Uint8Array,
  at: number,
  entry: ProducerEntry | undefined,
  context: AppendContext,
): Refused | undefined {
  if (entry === undefined) return undefined
  const epoch = batchProducerEpoch(bytes, at)
  const mustGrow = (context.transactionVersion ?? 0) >= 2
  // A marker may be written twice: its coordinator repeats it when it does not know whether the first one arrived.
  const isRepeated = epoch === entry.epoch && (entry.transactionStart < 0 || epoch === EPOCH_MAX)
  if (epoch < entry.epoch || (mustGrow && epoch === entry.epoch && !isRepeated)) {
    return staleEpoch(entry, epoch, mustGrow ? '<=' : '<')
  }
  const marker = readMarker(bytes, at)
  if (marker !== undefined && marker.coordinatorEpoch < entry.coordinatorEpoch) {
    return refused(
      'TRANSACTION_COORDINATOR_FENCED',
      `The marker for producer ${entry.producerId} comes from coordinator epoch ${marker.coordinatorEpoch}, the last one came from ${entry.coordinatorEpoch}.`,
    )
  }
  return undefined
}

function staleEpoch(entry: ProducerEntry, epoch: number, comparison: '<' | '<='): Refused {
  return refused(
    'INVALID_PRODUCER_EPOCH',
    `Epoch of producer ${entry.producerId} is ${epoch}, which is ${comparison} the last seen epoch ${entry.epoch}.`,
  )
}

function outOfOrder(entry: ProducerEntry, epoch: number, sequence: number, nextOffset: number): string {
  const where = `producer ${entry.producerId} at offset ${nextOffset}`
  if (epoch !== entry.epoch) {
    return `Invalid sequence number for new epoch ${epoch} of ${where}: ${sequence}, after epoch ${entry.epoch}.`
  }
  return `Out of order sequence number for ${where}: ${sequence} (incoming), ${lastSequenceOf(entry)} (current end).`
}
