import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  CreateTopics,
  DeleteTopics,
  Fetch,
  Produce,
  batchBaseOffset,
  batchLastOffsetDelta,
  batchLength,
  decodeBatch,
  encodeBatch,
} from '@samsa/protocol'
import { residentMb } from '../../process/samsa-process.ts'
import type { Tally } from '../../process/tally.ts'
import { WireConnection } from '../../wire/wire-connection.ts'
import { Figures, untilIdle } from './process-figures.ts'
import { WatchedBroker } from './watched-broker.ts'

const TOPIC = 'large'
const VALUE_BYTES = 8 * 1024
const RECORDS_A_BATCH = 32
const IN_FLIGHT = 8
const RANDOM_READS = 2000
/** Records of these days: retention would remove old ones while they are read. */
const begunMs = Date.now()
const NEVER = { seconds: Number.POSITIVE_INFINITY, answerMs: 500, loopMs: 100 }

/** A topic far larger than memory ought to grow: written, read at random and from end to end, and deleted. */
export async function largeTopic(tally: Tally, gigabytes: number, patience: number): Promise<void> {
  await tally.case(`a topic of ${gigabytes} GB`, () => live(gigabytes, patience))
}

async function live(gigabytes: number, patience: number): Promise<void> {
  const figures = new Figures()
  const broker = await WatchedBroker.prepare()
  const batches = Math.ceil((gigabytes * 1e9) / (VALUE_BYTES * RECORDS_A_BATCH))
  const end = batches * RECORDS_A_BATCH
  const memory = new MemoryWatch(broker)
  try {
    await broker.start()
    const connection = await WireConnection.open(broker.samsa)
    const topics = [{ name: TOPIC, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }]
    await connection.request(CreateTopics, 5, { topics, timeoutMs: 10_000 })
    await broker.watch(`${gigabytes} GB written`, figures, NEVER, () => write(connection, batches))
    memory.tell('most memory while writing', figures, 250)
    await broker.watch(`${RANDOM_READS} reads at random offsets`, figures, NEVER, () =>
      readAtRandom(connection, end),
    )
    memory.tell('most memory while reading at random', figures, 250)
    await broker.watch('read from end to end', figures, NEVER, () => readThrough(connection, end))
    memory.tell('most memory while reading from end to end', figures, 250)
    await untilIdle(broker.pid)
    figures.residence('idle', broker.pid, { megabytes: 250, handles: 1200 })
    // How long the disk takes is nobody's concern (Apache Kafka does not begin for a minute), as long as nobody waits.
    const limits = { seconds: 60 * patience, answerMs: 100 * patience, loopMs: 25 * patience }
    await broker.watch('deleted', figures, limits, async () => {
      await connection.request(DeleteTopics, 4, { topicNames: [TOPIC], timeoutMs: 10_000 })
      const isOurs = (name: string) => name.startsWith(`${TOPIC}-`)
      while (readdirSync(join(broker.samsa.directory, 'data')).some(isOurs)) await sleep(20)
    })
    connection.close()
  } finally {
    memory.close()
    await broker.stop()
  }
  figures.check()
}

/** The most memory the broker had since it was last told. */
class MemoryWatch {
  #most = 0
  readonly #timer: NodeJS.Timeout

  constructor(broker: WatchedBroker) {
    this.#timer = setInterval(() => {
      this.#most = Math.max(this.#most, residentMb(broker.samsa.pid) ?? 0)
    }, 50)
  }

  tell(what: string, figures: Figures, limitMb: number): void {
    figures.atMost(what, this.#most, limitMb, 'MB')
    this.#most = 0
  }

  close(): void {
    clearInterval(this.#timer)
  }
}

/** A record's value begins with its offset, so that a reader can tell that it got what it asked for. */
async function write(connection: WireConnection, batches: number): Promise<void> {
  let next = 0
  const lane = async () => {
    while (next < batches) {
      const first = next++ * RECORDS_A_BATCH
      const partitionData = [{ index: 0, records: batchFrom(first) }]
      const request = { acks: 1, timeoutMs: 30_000, topicData: [{ name: TOPIC, partitionData }] }
      const answer = await connection.request(Produce, 7, request)
      const { errorCode, baseOffset } = answer.responses[0]!.partitionResponses[0]!
      if (errorCode !== 'NONE' || baseOffset !== first) {
        throw new Error(`writing ${first}: ${errorCode} at ${baseOffset}`)
      }
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane))
}

function batchFrom(first: number): Uint8Array {
  const records = Array.from({ length: RECORDS_A_BATCH }, (_, index) => {
    const value = new Uint8Array(VALUE_BYTES)
    new DataView(value.buffer).setFloat64(0, first + index)
    return { timestamp: begunMs, key: null, value }
  })
  return encodeBatch({ records })
}

async function readAtRandom(connection: WireConnection, end: number): Promise<void> {
  for (let count = 0; count < RANDOM_READS; count++) {
    const offset = Math.floor(Math.random() * end)
    const records = await read(connection, offset, 64 * 1024)
    const first = batchBaseOffset(records, 0)
    if (offset < first || offset > first + batchLastOffsetDelta(records, 0)) {
      throw new Error(`a read at ${offset} began with a batch at ${first}`)
    }
    const whole = records.subarray(0, batchLength(records, 0))
    for (const record of decodeBatch(whole, 0, { maxInflatedBytes: 1 << 20 })) {
      const value = record.value!
      const says = new DataView(value.buffer, value.byteOffset).getFloat64(0)
      if (says !== record.offset) throw new Error(`the record at ${record.offset} says ${says}`)
    }
  }
}

async function readThrough(connection: WireConnection, end: number): Promise<void> {
  let offset = 0
  while (offset < end) {
    const records = await read(connection, offset, 4 << 20)
    const before = offset
    let at = 0
    while (records.length - at >= 61 && records.length - at >= batchLength(records, at)) {
      const base = batchBaseOffset(records, at)
      if (base !== offset) throw new Error(`a batch at ${base} follows ${offset}`)
      offset = base + batchLastOffsetDelta(records, at) + 1
      at += batchLength(records, at)
    }
    if (offset === before) throw new Error(`nothing to read at ${offset} of ${end}`)
  }
}

async function read(connection: WireConnection, fetchOffset: number, maxBytes: number): Promise<Uint8Array> {
  const partitions = [{ partition: 0, fetchOffset, partitionMaxBytes: maxBytes }]
  const request = { maxWaitMs: 5000, minBytes: 1, maxBytes, topics: [{ topic: TOPIC, partitions }] }
  const answer = await connection.request(Fetch, 4, request)
  const { errorCode, records } = answer.responses[0]!.partitions[0]!
  if (errorCode !== 'NONE' || !records?.length) throw new Error(`reading ${fetchOffset}: ${errorCode}`)
  return records
}
