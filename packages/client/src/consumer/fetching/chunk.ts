import { MalformedError } from '@samsa/base'
import {
  batchAttributes,
  batchBaseOffset,
  batchLastOffset,
  batchLeaderEpoch,
  batchMagic,
  batchProducerId,
  checkBatch,
  isControl,
  isTransactional,
  nextBatch,
} from '@samsa/protocol'
import { KafkaError } from '../../errors.ts'
import { type AbortedTransaction, AbortedTransactions, isAbortMarker } from './aborted-transactions.ts'
import { decodeRecords, inflateLater, isLargeCompressed } from './decode-records.ts'
import type { FetchedRecord } from './fetched-record.ts'

/** What the consumer's configuration says about decoding. */
export interface ChunkOptions {
  readonly topic: string
  readonly partition: number
  readonly checkCrcs: boolean
  readonly maxInflatedBytes: number
}

/** A batch that was taken out of a chunk. */
export interface TakenBatch {
  /** None for control batches, and those of aborted transactions. */
  readonly records: FetchedRecord[]
  /** Where reading goes on behind the batch. */
  readonly nextOffset: number
  readonly leaderEpoch: number
  readonly byteCount: number
}

/** The next batch, inflated before its turn; without the bytes where that failed. */
interface Ahead {
  isReady: boolean
  inflated: Uint8Array | undefined
}

/**
 * The batches one answer brought of one partition, as bytes: each is checked and decoded when its turn comes.
 *
 * Memory of the whole answer lives as long as a chunk or a record of it: it belongs to the consumer.
 */
export class Chunk {
  readonly #bytes: Uint8Array
  readonly #options: ChunkOptions
  readonly #aborted: AbortedTransactions | undefined
  #at = 0
  #ahead: Ahead | undefined
  readonly #end: number
  /** Behind the last whole batch; undefined when there is none. */
  readonly nextOffset: number | undefined
  readonly lastEpoch: number

  /** @param aborted the aborted transactions with `read_committed`, undefined without */
  constructor(bytes: Uint8Array, options: ChunkOptions, aborted: readonly AbortedTransaction[] | undefined) {
    this.#bytes = bytes
    this.#options = options
    this.#aborted = aborted === undefined ? undefined : new AbortedTransactions(aborted)
    let last = -1
    let at = 0
    for (let next = 0; at < bytes.length; at = next) {
      next = nextBatch(bytes, at, bytes.length)
      // A broker may cut the last batch off where the answer is full.
      if (next < 0) break
      last = at
    }
    this.#end = at
    this.nextOffset = last < 0 ? undefined : batchLastOffset(bytes, last) + 1
    this.lastEpoch = last < 0 ? -1 : epochOf(bytes, last)
  }

  /** Bytes not taken yet. */
  get remainingBytes(): number {
    return this.#end - this.#at
  }

  /**
   * Whether the next batch can be taken now. A large one that is compressed is inflated off the event loop first: this
   * begins it, and `onReady` is called when it is done.
   */
  isReady(onReady: () => void): boolean {
    if (this.#at >= this.#end || !isLargeCompressed(this.#bytes, this.#at)) return true
    this.#ahead ??= this.#inflateAhead(onReady)
    return this.#ahead.isReady
  }

  #inflateAhead(onReady: () => void): Ahead {
    const ahead: Ahead = { isReady: true, inflated: undefined }
    // What is damaged is told of when it is taken.
    if (this.#options.checkCrcs && checkBatch(this.#bytes, this.#at, this.#end) !== 'NONE') return ahead
    ahead.isReady = false
    const done = (inflated?: Uint8Array) => {
      ahead.inflated = inflated
      ahead.isReady = true
      onReady()
    }
    inflateLater(this.#bytes, this.#at, this.#options.maxInflatedBytes).then(done, () => done())
    return ahead
  }

  /**
   * Decodes the next batch, records before `fromOffset` left out; undefined at the end. Throws `KafkaError`
   * CORRUPT_MESSAGE, and again when asked again: nothing is skipped.
   */
  take(fromOffset: number): TakenBatch | undefined {
    if (this.#at >= this.#end) return undefined
    const at = this.#at
    try {
      this.#check(at)
      const next = nextBatch(this.#bytes, at, this.#end)
      const records = this.#isVisible(at) ? this.#decode(at, fromOffset) : []
      this.#at = next
      this.#ahead = undefined
      return {
        records,
        nextOffset: Math.max(fromOffset, batchLastOffset(this.#bytes, at) + 1),
        leaderEpoch: epochOf(this.#bytes, at),
        byteCount: next - at,
      }
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error
      throw this.#corrupt(at, error.message, error)
    }
  }

  #check(at: number): void {
    if (!this.#options.checkCrcs || this.#ahead?.inflated !== undefined) return
    const found = checkBatch(this.#bytes, at, this.#end)
    if (found !== 'NONE') throw this.#corrupt(at, 'it fails its checksum, or its sizes contradict each other')
  }

  #decode(at: number, fromOffset: number): FetchedRecord[] {
    return decodeRecords(this.#bytes, at, { ...this.#options, fromOffset }, this.#ahead?.inflated)
  }

  #isVisible(at: number): boolean {
    const bytes = this.#bytes
    if (batchMagic(bytes, at) < 2) return true
    const attributes = batchAttributes(bytes, at)
    if (this.#aborted === undefined) return !isControl(attributes)
    return this.#aborted.isVisible({
      producerId: Number(batchProducerId(bytes, at)),
      lastOffset: batchLastOffset(bytes, at),
      isTransactional: isTransactional(attributes),
      isControl: isControl(attributes),
      isAbort: () => isAbortMarker(bytes, at, this.#options.maxInflatedBytes),
    })
  }

  #corrupt(at: number, what: string, cause?: unknown): KafkaError {
    const { topic, partition } = this.#options
    const offset = batchBaseOffset(this.#bytes, at)
    const advice = `Seek to ${batchLastOffset(this.#bytes, at) + 1} to go on behind it.`
    const message = `The batch at offset ${offset} of ${topic}-${partition} cannot be read: ${what}. ${advice}`
    return new KafkaError('CORRUPT_MESSAGE', message, { cause, retry: 'no' })
  }
}

function epochOf(bytes: Uint8Array, at: number): number {
  return batchMagic(bytes, at) < 2 ? -1 : batchLeaderEpoch(bytes, at)
}
