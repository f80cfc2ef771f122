import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { ApiVersions, Fetch, Produce, encodeBatch } from '@samsa/protocol'
import { type Place, WireConnection } from '../wire/wire-connection.ts'

// A well-behaved client on a thread of its own: asks, writes and reads every few milliseconds, and notes how long each
// answer took. Any message ends it; it answers with all latencies and with what went wrong.
//
// A machine with other work on it lets a process that could go on wait for a processor, now and then for 100 ms. Linux
// counts that time for each thread, so it can be told from the time that the broker took.

interface Setting {
  readonly place: Place
  /** The broker's process, where it is known. */
  readonly pid: number | undefined
  readonly topic: string
  readonly pauseMs: number
}

const { place, pid, topic, pauseMs } = workerData as Setting
let isOver = false
parentPort!.once('message', () => {
  isOver = true
})

const latenciesMs: number[] = []
/** The same without the time that the broker's main thread, or this one, waited for a processor. */
const servedMs: number[] = []
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
parentPort!.postMessage({ latenciesMs, servedMs, failures })

async function timed(work: () => Promise<unknown>): Promise<void> {
  const [begun, waitedMs] = [performance.now(), waitedForProcessorMs()]
  await work()
  const latencyMs = performance.now() - begun
  latenciesMs.push(latencyMs)
  servedMs.push(latencyMs - (waitedForProcessorMs() - waitedMs))
}

/** How long the broker's main thread and this one were ready to run and did not, up to now; 0 where nobody tells. */
function waitedForProcessorMs(): number {
  const ours = runQueueMs('/proc/thread-self/schedstat')
  return pid === undefined ? ours : ours + runQueueMs(`/proc/${pid}/task/${pid}/schedstat`)
}

function runQueueMs(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8').split(' ')[1]) / 1e6
  } catch {
    return 0
  }
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
