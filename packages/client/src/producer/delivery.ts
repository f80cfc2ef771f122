import { assert } from '@samsa/base'
import { KafkaError } from '../errors.ts'
import type { RecordMetadata } from '../records/index.ts'

/** Where a batch went: its first record's offset, and the broker's timestamp where the topic says LogAppendTime. */
export interface BatchPlace {
  readonly topic: string
  readonly partition: number
  /** -1 when the broker did not say. */
  readonly baseOffset: number
  /** -1 where records keep their own timestamps. */
  readonly appendTimestamp: number
}

/** Somebody who waits for records of a batch. A batch tells each of its deliveries once what became of it. */
export interface Delivery {
  delivered(place: BatchPlace, batchIndex: number): void
  failed(error: KafkaError): void
  /** How many records of the batch it is about. */
  readonly count: number
  /** Its records from `from` on, before `to`: a batch that is split takes its deliveries along. */
  slice(from: number, to: number): Delivery
}

let resolveOfLast: ((metadata: RecordMetadata) => void) | undefined
let rejectOfLast: ((error: KafkaError) => void) | undefined
// One function for all promises: `new Promise` runs it at once, so that no closure is made per record.
const keepSettlers = (
  resolve: (metadata: RecordMetadata) => void,
  reject: (error: KafkaError) => void,
): void => {
  resolveOfLast = resolve
  rejectOfLast = reject
}

/** One record's promise. */
export class RecordDelivery implements Delivery {
  readonly promise: Promise<RecordMetadata>
  timestamp = -1
  readonly #resolve: (metadata: RecordMetadata) => void
  readonly #reject: (error: KafkaError) => void

  constructor() {
    this.promise = new Promise(keepSettlers)
    this.#resolve = resolveOfLast!
    this.#reject = rejectOfLast!
  }

  delivered(place: BatchPlace, batchIndex: number): void {
    const { topic, partition, baseOffset, appendTimestamp } = place
    this.#resolve({
      topic,
      partition,
      offset: baseOffset < 0 ? -1 : baseOffset + batchIndex,
      timestamp: appendTimestamp < 0 ? this.timestamp : appendTimestamp,
    })
  }

  failed(error: KafkaError): void {
    this.#reject(error)
  }

  get count(): number {
    return 1
  }

  slice(): Delivery {
    return this
  }
}

/** Neighbouring records of one partition that were delivered. */
export interface DeliveredRange {
  readonly topic: string
  readonly partition: number
  /** -1 when the broker did not say. */
  readonly firstOffset: number
  readonly lastOffset: number
  readonly count: number
}

/** A record of a bulk that was not delivered, or of which that is not known. */
export interface FailedRecord {
  /** Its place in the bulk. */
  readonly index: number
  readonly error: KafkaError
}

/** Some records of a bulk failed; its `code` is that of the first. */
export class BulkSendError extends KafkaError {
  /** All that failed, in the order of the bulk. */
  readonly failures: readonly FailedRecord[]
  /** What was delivered nevertheless. */
  readonly delivered: readonly DeliveredRange[]

  constructor(failures: readonly FailedRecord[], delivered: readonly DeliveredRange[], recordCount: number) {
    const first = failures[0]
    assert(first !== undefined, 'a bulk fails only when a record of it did')
    const text = first.error.message
    super(
      first.error.code,
      `${failures.length} of ${recordCount} records failed (see \`failures\`). The first: ${text}`,
      {
        cause: first.error,
      },
    )
    this.failures = failures
    this.delivered = delivered
  }
}

/** One promise for many records. They are told of by batch: `parts` of the bulk that lie next to each other in one. */
export class BulkDelivery {
  readonly promise: Promise<DeliveredRange[]>
  #resolve!: (ranges: DeliveredRange[]) => void
  #reject!: (error: KafkaError) => void
  #unsettled = 0
  #isComplete = false
  #recordCount = 0
  readonly #ranges: DeliveredRange[] = []
  readonly #failures: FailedRecord[] = []

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** A record at `index` is under way; it is settled through the part it belongs to, or by `recordFailed`. */
  expect(): void {
    this.#recordCount++
    this.#unsettled++
  }

  /** All records of the bulk are under way. */
  complete(): void {
    this.#isComplete = true
    this.#settleIfDone()
  }

  recordFailed(index: number, error: KafkaError): void {
    this.#failures.push({ index, error })
    this.#settled(1)
  }

  partDelivered(place: BatchPlace, firstIndex: number, count: number): void {
    this.#addRange(place, firstIndex, count)
    this.#settled(count)
  }

  partFailed(error: KafkaError, indexes: readonly number[]): void {
    for (const index of indexes) this.#failures.push({ index, error })
    this.#settled(indexes.length)
  }

  #addRange({ topic, partition, baseOffset }: BatchPlace, firstIndex: number, count: number): void {
    const firstOffset = baseOffset < 0 ? -1 : baseOffset + firstIndex
    const lastOffset = baseOffset < 0 ? -1 : firstOffset + count - 1
    this.#ranges.push({ topic, partition, firstOffset, lastOffset, count })
  }

  #settled(count: number): void {
    this.#unsettled -= count
    assert(this.#unsettled >= 0, 'a record of a bulk was settled twice')
    this.#settleIfDone()
  }

  #settleIfDone(): void {
    if (!this.#isComplete || this.#unsettled > 0) return
    const ranges = joinRanges(this.#ranges)
    if (this.#failures.length === 0) {
      this.#resolve(ranges)
      return
    }
    this.#failures.sort((a, b) => a.index - b.index)
    this.#reject(new BulkSendError(this.#failures, ranges, this.#recordCount))
  }
}

/** Records of a bulk that lie next to each other in a batch. */
export class BulkPart implements Delivery {
  readonly bulk: BulkDelivery
  /** The records' places in the bulk, in the order of the batch. */
  readonly indexes: number[]

  constructor(bulk: BulkDelivery, indexes: number[]) {
    this.bulk = bulk
    this.indexes = indexes
  }

  delivered(place: BatchPlace, batchIndex: number): void {
    this.bulk.partDelivered(place, batchIndex, this.indexes.length)
  }

  failed(error: KafkaError): void {
    this.bulk.partFailed(error, this.indexes)
  }

  get count(): number {
    return this.indexes.length
  }

  slice(from: number, to: number): Delivery {
    return new BulkPart(this.bulk, this.indexes.slice(from, to))
  }
}

/** Ranges in the order of topic, partition and offset; what follows one another without a gap is one. */
function joinRanges(ranges: readonly DeliveredRange[]): DeliveredRange[] {
  const sorted = [...ranges].sort(
    (a, b) =>
      (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : 0) ||
      a.partition - b.partition ||
      a.firstOffset - b.firstOffset,
  )
  const joined: DeliveredRange[] = []
  for (const range of sorted) {
    const last = joined.at(-1)
    if (last !== undefined && follows(last, range)) {
      const count = last.count + range.count
      joined[joined.length - 1] = { ...last, lastOffset: range.lastOffset, count }
    } else joined.push(range)
  }
  return joined
}

function follows(last: DeliveredRange, next: DeliveredRange): boolean {
  if (last.topic !== next.topic || last.partition !== next.partition) return false
  if (last.firstOffset < 0) return next.firstOffset < 0
  return last.lastOffset + 1 === next.firstOffset
}
