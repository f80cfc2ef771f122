import { Consumer, type ConsumerRecord, KafkaError, serdes } from '@samsa/client'
import type { EmbeddedOutside } from './samsa.ts'

/** A record as it is in a topic, its key and value read as text. */
export type StoredRecord = ConsumerRecord<string | null, string | null>

export interface ReadOptions {
  /** How long to wait for the records. Default 5000. */
  readonly timeoutMs?: number
}

interface Reach {
  readonly config: { readonly 'bootstrap.servers': string }
  readonly outside: EmbeddedOutside
}

/** Reads the first `count` records of a topic. Rejects with TIMED_OUT when there are fewer. */
export async function readTopic(
  { config, outside }: Reach,
  topic: string,
  count: number,
  { timeoutMs = 5000 }: ReadOptions,
): Promise<StoredRecord[]> {
  const records: StoredRecord[] = []
  if (count <= 0) return records
  await using consumer = new Consumer(
    { ...config, 'auto.offset.reset': 'earliest' },
    { ...outside, key: serdes.string, value: serdes.string },
  )
  const deadline = new AbortController()
  const timer = outside.world.clock.timer(timeoutMs, () => deadline.abort())
  try {
    consumer.assign(await consumer.partitionsFor(topic, { timeoutMs }))
    for await (const record of consumer.records({ signal: deadline.signal })) {
      if (records.push(record) === count) return records
    }
  } finally {
    timer.cancel()
  }
  const found = `${topic} has ${records.length} of ${count} records after ${timeoutMs} ms`
  throw new KafkaError('TIMED_OUT', `${found}: ${records.map(({ value }) => value).join(', ')}`)
}
