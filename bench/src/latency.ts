import { Fetch, Produce, decodeBatch, encodeBatch } from '@samsa/protocol'
import type { Contestant } from './contestant.ts'
import { sleep } from './contestant.ts'
import { RawClient } from './raw-client.ts'
import { createTopic } from './topics.ts'

/** Milliseconds from before producing a record (acks=all) to having it consumed on another connection. */
export interface Latency {
  readonly p50Ms: number
  readonly p99Ms: number
}

const TOPIC = 'latency'
const DECODE_LIMITS = { maxInflatedBytes: 1 << 20 }

/**
 * Produces records of 100 bytes and consumes each.
 *
 * @param perSecond records a second; 0 sends the next one when the last was consumed
 */
export async function measureLatency(
  contestant: Contestant,
  topicConfig: Record<string, string>,
  count: number,
  perSecond: number,
  round: number,
): Promise<Latency> {
  const topic = [TOPIC, perSecond, ...Object.keys(topicConfig), round].join('-')
  const producer = await RawClient.connect(contestant.bootstrap)
  const consumer = await RawClient.connect(contestant.bootstrap)
  try {
    await createTopic(producer, topic, topicConfig)
    const warmUp = Math.ceil(count / 5)
    const samples = await (perSecond === 0
      ? oneAtATime(producer, consumer, topic, warmUp + count)
      : atRate(producer, consumer, topic, warmUp + count, perSecond))
    return percentiles(samples.slice(warmUp))
  } finally {
    producer.close()
    consumer.close()
  }
}

async function oneAtATime(
  producer: RawClient,
  consumer: RawClient,
  topic: string,
  count: number,
): Promise<number[]> {
  const samples: number[] = []
  for (let offset = 0; offset < count; offset++) {
    const startedMs = performance.now()
    const consumed = fetchFrom(consumer, topic, offset)
    await produceOne(producer, topic, startedMs)
    await consumed
    samples.push(performance.now() - startedMs)
  }
  return samples
}

async function atRate(
  producer: RawClient,
  consumer: RawClient,
  topic: string,
  count: number,
  perSecond: number,
): Promise<number[]> {
  const samples: number[] = []
  const consuming = (async () => {
    for (let offset = 0; offset < count; ) {
      const records = await fetchFrom(consumer, topic, offset)
      const nowMs = performance.now()
      for (const startedMs of records) samples.push(nowMs - startedMs)
      offset += records.length
    }
  })()
  const firstMs = performance.now()
  for (let sent = 0; sent < count; sent++) {
    const dueMs = firstMs + (sent * 1000) / perSecond
    while (performance.now() < dueMs) await sleep(0)
    await produceOne(producer, topic, dueMs)
  }
  await consuming
  return samples
}

/** The record's key holds when it was due, so that waiting for a turn counts. */
async function produceOne(client: RawClient, name: string, startedMs: number): Promise<void> {
  const key = new Uint8Array(new Float64Array([startedMs]).buffer)
  const record = { timestamp: Date.now(), key, value: new Uint8Array(92), headers: [] }
  const records = encodeBatch({ records: [record] })
  const answer = await client.ask(Produce, 9, {
    acks: -1,
    timeoutMs: 30_000,
    topicData: [{ name, partitionData: [{ index: 0, records }] }],
  })
  const error = answer.responses[0]?.partitionResponses[0]?.errorCode
  if (error !== 'NONE') throw new Error(`Produce answered ${error}.`)
}

/** Waits for records from an offset on; returns when each was due. */
async function fetchFrom(client: RawClient, topic: string, offset: number): Promise<number[]> {
  for (;;) {
    const answer = await client.ask(Fetch, 11, {
      maxWaitMs: 5000,
      minBytes: 1,
      sessionEpoch: -1,
      topics: [{ topic, partitions: [{ partition: 0, fetchOffset: offset, partitionMaxBytes: 1 << 20 }] }],
    })
    const partition = answer.responses[0]?.partitions[0]
    if (partition?.errorCode !== 'NONE') throw new Error(`Fetch answered ${partition?.errorCode}.`)
    const records = partition.records ?? new Uint8Array(0)
    const keys: number[] = []
    for (let at = 0; at < records.length; ) {
      for (const record of decodeBatch(records, at, DECODE_LIMITS)) {
        if (record.offset >= offset) keys.push(new Float64Array(record.key!.slice().buffer)[0] as number)
      }
      at += 12 + new DataView(records.buffer, records.byteOffset + at).getInt32(8)
    }
    if (keys.length > 0) return keys
  }
}

function percentiles(samples: readonly number[]): Latency {
  const sorted = [...samples].sort((a, b) => a - b)
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number
  return { p50Ms: at(0.5), p99Ms: at(0.99) }
}
