import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { ApiVersions } from '@samsa/protocol'
import { type Place, WireConnection } from '../../wire/wire-connection.ts'

// A thread of its own that asks for ApiVersions every 10 ms and notes how long each answer took. It sends a first
// message when it is ready; any ends it, and it answers with all latencies in milliseconds, the longest last.

let isOver = false
parentPort!.once('message', () => {
  isOver = true
})
const latenciesMs: number[] = []
const connection = await WireConnection.open(workerData as Place)
await connection.request(ApiVersions, 0, {})
parentPort!.postMessage([])
while (!isOver) {
  const begun = performance.now()
  await connection.request(ApiVersions, 0, {})
  latenciesMs.push(performance.now() - begun)
  await sleep(10)
}
connection.close()
parentPort!.postMessage(latenciesMs.sort((a, b) => a - b))
