/** How many of its last batches a producer's retries are recognised by. */
const BATCHES_KEPT = 5
const NO_EPOCH = -1
const NO_SEQUENCE = -1
const SEQUENCE_MAX = 0x7fff_ffff

/** A batch of an idempotent producer, as much of it as recognises a repetition. */
export interface ProducerBatch {
  readonly firstSequence: number
  readonly lastSequence: number
  readonly firstOffset: number
  readonly lastOffset: number
  readonly timestamp: number
}

/** What a partition knows of one idempotent or transactional producer. */
export interface ProducerEntry {
  readonly producerId: number
  epoch: number
  /** Of the coordinator that wrote the last marker, -1 before the first. */
  coordinatorEpoch: number
  lastTimestamp: number
  /** Where the transaction under way began here, -1 when there is none. */
  transactionStart: number
  /** The last batches of this epoch, oldest first. */
  batches: ProducerBatch[]
}

export function newProducerEntry(producerId: number): ProducerEntry {
  return {
    producerId,
    epoch: NO_EPOCH,
    coordinatorEpoch: -1,
    lastTimestamp: -1,
    transactionStart: -1,
    batches: [],
  }
}

export function lastSequenceOf(entry: ProducerEntry): number {
  return entry.batches.at(-1)?.lastSequence ?? NO_SEQUENCE
}

/** The batch with exactly these sequence numbers, if it is among the last ones of this epoch. */
export function findRepeated(
  entry: ProducerEntry,
  epoch: number,
  firstSequence: number,
  lastSequence: number,
): ProducerBatch | undefined {
  if (epoch !== entry.epoch) return undefined
  for (const batch of entry.batches) {
    if (batch.firstSequence === firstSequence && batch.lastSequence === lastSequence) return batch
  }
  return undefined
}

/** Whether a batch may follow: sequence numbers go on where they ended, and begin at 0 in a new epoch. */
export function isInSequence(entry: ProducerEntry, epoch: number, firstSequence: number): boolean {
  // Nothing is known of a producer whose records have all been deleted: it may go on anywhere.
  if (entry.epoch === NO_EPOCH) return true
  if (epoch !== entry.epoch) return firstSequence === 0
  const last = lastSequenceOf(entry)
  return firstSequence === last + 1 || (firstSequence === 0 && last === SEQUENCE_MAX)
}

/** Notes a data batch. */
export function noteBatch(entry: ProducerEntry, epoch: number, batch: ProducerBatch): void {
  moveToEpoch(entry, epoch)
  if (entry.batches.length === BATCHES_KEPT) entry.batches.shift()
  entry.batches.push(batch)
  entry.lastTimestamp = batch.timestamp
}

/** A new epoch's sequence numbers have nothing to do with those before. */
export function moveToEpoch(entry: ProducerEntry, epoch: number): void {
  if (entry.epoch === epoch) return
  entry.epoch = epoch
  entry.batches = []
}

/** `sequence - count`, going on at 2^31 - 1 below 0. */
export function subtractFromSequence(sequence: number, count: number): number {
  return sequence >= count ? sequence - count : SEQUENCE_MAX - (count - sequence) + 1
}
