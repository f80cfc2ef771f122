import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { CreateTopics, Fetch, ListOffsets, batchLength, decodeBatch, nextBatch } from '@samsa/protocol'
import { SamsaProcess, freePort } from '../process/samsa-process.ts'
import { Tally } from '../process/tally.ts'
import { WireConnection } from '../wire/wire-connection.ts'
import { NumberedProducer, UnexpectedAnswer } from './numbered-producer.ts'

// tests/fault/run kill [--times N]: kill -9 amid idempotent acks=all producing must lose and duplicate nothing.

const { values: options } = parseArgs({ options: { times: { type: 'string', default: '10' } } })
const times = Number(options.times)
const topic = 'numbers'
const partitions = 3
const tally = new Tally()
const broker = new SamsaProcess(await freePort())
const producers = Array.from(
  { length: partitions },
  (_, partition) => new NumberedProducer(broker, topic, partition),
)

await tally.case(
  `${times} × kill -9 amid idempotent acks=all producing lose and duplicate nothing`,
  async () => {
    const restarts: number[] = []
    try {
      await broker.start()
      await createTopic()
      for (let round = 1; round <= times; round++) {
        await produceUntilKilled()
        restarts.push(await restart())
        // The full check reads everything: often at first, then now and then, and at the end.
        if (round <= 3 || round % 10 === 0 || round === times) await checkEverything(round)
      }
    } finally {
      await broker.stop()
    }
    const total = producers.reduce((sum, one) => sum + one.acknowledged, 0)
    restarts.sort((a, b) => a - b)
    const [median, slowest] = [restarts[restarts.length >> 1]!, restarts.at(-1)!]
    console.log(
      `  ${total} records acknowledged; restart to an open port: median ${median} ms, slowest ${slowest} ms`,
    )
  },
)
tally.close()

async function createTopic(): Promise<void> {
  const connection = await WireConnection.open(broker)
  const configs = [{ name: 'segment.bytes', value: '1048576' }]
  const wanted = { name: topic, numPartitions: partitions, replicationFactor: 1, assignments: [], configs }
  const answer = await connection.request(CreateTopics, 4, { topics: [wanted], timeoutMs: 10_000 })
  connection.close()
  const { errorCode } = answer.topics[0]!
  if (errorCode !== 'NONE') throw new Error(`creating the topic: ${errorCode}`)
}

/** All producers write; the plug is pulled at a moment nobody chose. */
async function produceUntilKilled(): Promise<void> {
  const writing = producers.map(producer => settled(producer.run(() => false)))
  await sleep(20 + Math.random() * 400)
  await broker.kill()
  for (const outcome of await Promise.all(writing)) if (outcome instanceof UnexpectedAnswer) throw outcome
}

/** Starts the broker again; everything unacknowledged is sent anew. Answers the milliseconds to an open port. */
async function restart(): Promise<number> {
  const begun = Date.now()
  await broker.start()
  return Date.now() - begun
}

/** Lets every producer finish what it had begun, then compares the log with what was written, number by number. */
async function checkEverything(round: number): Promise<void> {
  await Promise.all(producers.map(producer => producer.run(() => true)))
  for (const [partition, producer] of producers.entries()) {
    const place = `partition ${partition} after kill ${round}`
    const numbers = await readAll(partition)
    const wrong = numbers.findIndex((number, index) => number !== index)
    if (wrong !== -1) throw new Error(`${place}: offset ${wrong} holds ${numbers[wrong]}`)
    if (numbers.length !== producer.written) {
      throw new Error(
        `${place}: ${numbers.length} records, ${producer.written} written, ${producer.acknowledged} acknowledged`,
      )
    }
  }
}

async function readAll(partition: number): Promise<number[]> {
  const connection = await WireConnection.open(broker)
  const end = await endOffset(connection, partition)
  const numbers: number[] = []
  while (numbers.length < end) {
    const wanted = { partition, fetchOffset: numbers.length, partitionMaxBytes: 4 << 20 }
    const topics = [{ topic, partitions: [wanted] }]
    const answer = await connection.request(Fetch, 4, {
      maxWaitMs: 500,
      minBytes: 1,
      maxBytes: 8 << 20,
      topics,
    })
    const { errorCode, records } = answer.responses[0]!.partitions[0]!
    if (errorCode !== 'NONE')
      throw new Error(`reading partition ${partition} at ${numbers.length}: ${errorCode}`)
    const before = numbers.length
    appendNumbers(records ?? new Uint8Array(0), partition, numbers)
    if (numbers.length === before)
      throw new Error(`partition ${partition} of ${end} records ends at ${before}`)
  }
  connection.close()
  return numbers
}

async function endOffset(connection: WireConnection, partition: number): Promise<number> {
  const topics = [{ name: topic, partitions: [{ partitionIndex: partition, timestamp: -1 }] }]
  const answer = await connection.request(ListOffsets, 2, { replicaId: -1, isolationLevel: 0, topics })
  return answer.topics[0]!.partitions[0]!.offset
}

/** The numbers of whole batches; the last one of an answer may be cut off. A fetch may start inside a batch. */
function appendNumbers(records: Uint8Array, partition: number, numbers: number[]): void {
  let at = 0
  while (records.length - at >= 61 && records.length - at >= batchLength(records, at)) {
    for (const { offset, value } of decodeBatch(records, at, { maxInflatedBytes: 1 << 20 })) {
      if (offset < numbers.length) continue
      const [from, number] = new TextDecoder().decode(value!).split(':').map(Number)
      if (from !== partition || offset !== numbers.length) {
        throw new Error(`partition ${partition} holds ${from}:${number} at offset ${offset}`)
      }
      numbers.push(number!)
    }
    at = nextBatch(records, at, records.length)
    if (at < 0) return
  }
}

async function settled(work: Promise<void>): Promise<unknown> {
  try {
    await work
    return undefined
  } catch (error) {
    return error
  }
}
