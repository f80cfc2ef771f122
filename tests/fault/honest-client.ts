import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { ApiVersions, Fetch, Produce, encodeBatch } from '@samsa/protocol'
import { type Place, WireConnection } from '../wire/wire-connection.ts'

// A well-behaved client on a thread of its own: asks, writes and reads every few milliseconds, and notes how long each
// answer took. Any message ends it; it answers with all latencies and with what went wrong.

const { place, topic, pauseMs } = workerData as { place: Place; topic: string; pauseMs: number }
let isOver = false
parentPort!.once('message', () => {
  isOver = true
})

const latenciesMs: number[] = []
const failures: string[] = []
const connection = await WireConnection.open(place)
try {
  for (let offset = 0; !isOver; offset++) {
    await timed(() => connection.request(ApiVersions, 0, {}))
    await timed(() => write(offset))
    await read(offset, 1000) // a record is served once it is on disk: the disk's time is not the broker's
    await timed(() => read(offset, 0))
    await sleep(pauseMs)
  }
} catch (error) {
  failures.push(`${error}`)
}
connection.close()
parentPort!.postMessage({ latenciesMs, failures })

async function timed(work: () => Promise<unknown>): Promise<void> {
  const begun = performance.now()
  await work()
  latenciesMs.push(performance.now() - begun)
}

async function write(offset: number): Promise<void> {
  const value = new TextEncoder().encode(`${offset}`)
  const records = encodeBatch({ records: [{ timestamp: Date.now(), key: null, value }] })
  const topicData = [{ name: topic, partitionData: [{ index: 0, records }] }]
  const answer = await connection.request(Produce, 7, { acks: 1, timeoutMs: 5000, topicData })
  const { errorCode, baseOffset } = answer.responses[0]!.partitionResponses[0]!
  if (errorCode !== 'NONE' || baseOffset !== offset)
    failures.push(`write ${offset}: ${errorCode} at ${baseOffset}`)
}

async function read(offset: number, maxWaitMs: number): Promise<void> {
  const partitions = [{ partition: 0, fetchOffset: offset, partitionMaxBytes: 1 << 20 }]
  const wanted = { maxWaitMs, minBytes: 1, maxBytes: 1 << 20, topics: [{ topic, partitions }] }
  const answer = await connection.request(Fetch, 4, wanted)
  const { errorCode, records } = answer.responses[0]!.partitions[0]!
  if (errorCode !== 'NONE' || !records?.length)
    failures.push(`read ${offset}: ${errorCode}, ${records?.length} bytes`)
}
