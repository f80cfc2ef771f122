import { Admin, Producer } from '@samsa/client'
import { valuesOf } from './question.ts'

const PARTITIONS = 4
const BULK_RECORDS = 10_000

export async function makeTopic(
  bootstrap: string,
  name: string,
  configs: Readonly<Record<string, string>>,
): Promise<void> {
  await using admin = new Admin({ 'bootstrap.servers': bootstrap })
  await admin.createTopics([{ name, partitions: PARTITIONS, replicationFactor: 1, configs }])
}

export async function dropTopic(bootstrap: string, name: string): Promise<void> {
  await using admin = new Admin({ 'bootstrap.servers': bootstrap })
  await admin.deleteTopics([name])
}

/** Writes so many records of random bytes into a topic, the same number into each partition. */
export async function fillTopic(
  bootstrap: string,
  topic: string,
  recordBytes: number,
  count: number,
): Promise<void> {
  await using producer = new Producer({ 'bootstrap.servers': bootstrap, 'linger.ms': 5 })
  const values = valuesOf(recordBytes, 1000)
  for (let at = 0; at < count; at += BULK_RECORDS) {
    const length = Math.min(BULK_RECORDS, count - at)
    const records = Array.from({ length }, (_, index) => ({
      topic,
      partition: index % PARTITIONS,
      value: values[index % values.length]!,
    }))
    await producer.sendAll(records)
  }
}
