import { type SimulatedWorld, decodeUtf8, randomUuid } from '@samsa/base'
import {
  type ErrorName,
  InitProducerId,
  Metadata,
  Produce,
  type ResponseOf,
  addToSequence,
  batchBaseSequence,
  batchProducerEpoch,
  batchProducerId,
  batchRecordCount,
  checkBatch,
  decodeBatch,
} from '@samsa/protocol'
import { type Asked, type Reaction, ScriptedPeer, metadataAnswer } from './scripted-peer.ts'

type PartitionAnswer = ResponseOf<typeof Produce>['responses'][number]['partitionResponses'][number]

/** What happens to a batch of a partition, decided by the test. */
export type Fate =
  | 'store'
  /** It is stored, and the connection breaks before the answer. */
  | 'store and cut'
  | 'cut'
  | 'silence'
  | ErrorName

interface StoredBatch {
  readonly producerId: number
  readonly epoch: number
  readonly baseSequence: number
  readonly count: number
  readonly baseOffset: number
}

/** One partition as Kafka keeps it, as far as producers can tell: order of sequences, and the last five batches. */
export class ModelledPartition {
  readonly values: string[] = []
  readonly #batches: StoredBatch[] = []

  append(bytes: Uint8Array): { errorCode: ErrorName; baseOffset: number } {
    const check = checkBatch(bytes, 0, bytes.length)
    if (check !== 'NONE') return { errorCode: check, baseOffset: -1 }
    const batch = {
      producerId: batchProducerId(bytes, 0),
      epoch: batchProducerEpoch(bytes, 0),
      baseSequence: batchBaseSequence(bytes, 0),
      count: batchRecordCount(bytes, 0),
      baseOffset: this.values.length,
    }
    if (batch.producerId >= 0) {
      const mine = this.#batches.filter(({ producerId }) => producerId === batch.producerId)
      const same = mine.slice(-5).find(one => isSame(one, batch))
      if (same !== undefined) return { errorCode: 'NONE', baseOffset: same.baseOffset }
      const error = sequenceError(mine.at(-1), batch)
      if (error !== undefined) return { errorCode: error, baseOffset: -1 }
    }
    this.#batches.push(batch)
    for (const { value } of decodeBatch(bytes, 0, { maxInflatedBytes: 1 << 26 }))
      this.values.push(value === null ? '' : decodeUtf8(value))
    return { errorCode: 'NONE', baseOffset: batch.baseOffset }
  }

  /** Whether a batch is one of those stored last: a broker that took it once does not refuse it later. */
  hasStored(bytes: Uint8Array): boolean {
    const [producerId, epoch] = [batchProducerId(bytes, 0), batchProducerEpoch(bytes, 0)]
    const [baseSequence, count] = [batchBaseSequence(bytes, 0), batchRecordCount(bytes, 0)]
    const batch = { producerId, epoch, baseSequence, count, baseOffset: 0 }
    return this.#batches.some(one => one.producerId === producerId && isSame(one, batch))
  }

  /** Forgets producers, as after their retention or an unclean election. */
  forgetProducers(): void {
    this.#batches.length = 0
  }
}

function isSame(one: StoredBatch, other: StoredBatch): boolean {
  return one.epoch === other.epoch && one.baseSequence === other.baseSequence && one.count === other.count
}

function sequenceError(last: StoredBatch | undefined, batch: StoredBatch): ErrorName | undefined {
  // A broker that does not know a producer takes any number.
  if (last === undefined) return undefined
  if (batch.epoch < last.epoch) return 'INVALID_PRODUCER_EPOCH'
  if (batch.epoch > last.epoch) return batch.baseSequence === 0 ? undefined : 'OUT_OF_ORDER_SEQUENCE_NUMBER'
  const expected = addToSequence(last.baseSequence, last.count)
  return batch.baseSequence === expected ? undefined : 'OUT_OF_ORDER_SEQUENCE_NUMBER'
}

/** A broker with one topic that stores what it is sent, unless the test decides otherwise. */
export class ModelledBroker {
  readonly peer: ScriptedPeer
  readonly partitions: ModelledPartition[]
  readonly topicId: string
  /** Requests being answered now, and the most there were. */
  underWay = 0
  underWayMax = 0
  /** Decides what happens to a batch. */
  fate: (asked: Asked<typeof Produce>, partition: number) => Fate = () => 'store'
  /** How long an answer takes, in milliseconds. */
  delayMs: () => number = () => 0
  #nextProducerId = 1000
  readonly #world: SimulatedWorld

  private constructor(world: SimulatedWorld, peer: ScriptedPeer, partitionCount: number) {
    this.#world = world
    this.peer = peer
    this.partitions = Array.from({ length: partitionCount }, () => new ModelledPartition())
    this.topicId = randomUuid(world.random)
    const leaders = this.partitions.map(() => 1)
    const topics = [{ name: 'orders', id: this.topicId, leaders }]
    peer.on(Metadata, () => metadataAnswer({ 1: peer.address }, topics))
    peer.on(InitProducerId, () => ({
      errorCode: 'NONE' as const,
      producerId: this.#nextProducerId++,
      producerEpoch: 0,
    }))
    peer.on(Produce, asked => this.#produce(asked))
  }

  static async start(world: SimulatedWorld, host: string, partitionCount = 1): Promise<ModelledBroker> {
    const peer = await world.finish(ScriptedPeer.listen(world, { host }))
    return new ModelledBroker(world, peer, partitionCount)
  }

  /** Produce requests so far, each as the number of records by partition. */
  get requests(): { [partition: number]: number }[] {
    return this.peer.of(Produce).map(({ request }) => {
      const counts: { [partition: number]: number } = {}
      for (const { partitionData } of request.topicData)
        for (const { index, records } of partitionData) counts[index] = batchRecordCount(records!, 0)
      return counts
    })
  }

  async #produce(asked: Asked<typeof Produce>): Promise<Reaction<typeof Produce>> {
    this.underWay++
    this.underWayMax = Math.max(this.underWayMax, this.underWay)
    const reaction = this.#answer(asked)
    const delayMs = this.delayMs()
    if (delayMs > 0) await new Promise<void>(resolve => this.#world.clock.timer(delayMs, resolve))
    this.underWay--
    return reaction
  }

  #answer(asked: Asked<typeof Produce>): Reaction<typeof Produce> {
    let isCut = false
    let isSilent = false
    const responses = asked.request.topicData.map(({ name, topicId, partitionData }) => ({
      name,
      topicId,
      partitionResponses: partitionData.map(({ index, records }): PartitionAnswer => {
        const wanted = this.fate(asked, index)
        const isRefusal = wanted !== 'store and cut' && wanted !== 'cut' && wanted !== 'silence'
        const fate = isRefusal && this.partitions[index]!.hasStored(records!) ? 'store' : wanted
        if (fate === 'cut' || fate === 'store and cut') isCut = true
        if (fate === 'silence') isSilent = true
        if (fate === 'store' || fate === 'store and cut') {
          return { index, ...this.partitions[index]!.append(records!) }
        }
        const errorCode: ErrorName = fate === 'cut' || fate === 'silence' ? 'NONE' : fate
        return { index, errorCode, baseOffset: -1 }
      }),
    }))
    if (isCut) return 'cut'
    return isSilent || asked.request.acks === 0 ? 'silence' : { responses }
  }
}
