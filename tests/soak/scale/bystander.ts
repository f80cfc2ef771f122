import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort } from 'node:worker_threads'

// What the machine alone costs: a thread that replaces a small file every few milliseconds, as a broker does with its
// checkpoints, on the disk the broker uses, and nothing else. Where it is held up, nobody could have answered. It sends a
// first message when it is ready; any message ends it, and it answers with what it saw.

export interface BystanderReport {
  /** The longest time one round took beyond its pause, and the most processor time, in milliseconds. */
  readonly longestWallMs: number
  readonly longestCpuMs: number
}

const PAUSE_MS = 5
const directory = mkdtempSync(join(tmpdir(), 'samsa-bystander-'))
const path = join(directory, 'checkpoint')

let isOver = false
parentPort!.once('message', () => {
  isOver = true
})
parentPort!.postMessage(undefined)
let [longestWallMs, longestCpuMs] = [0, 0]
while (!isOver) {
  const [wall, cpu] = [performance.now(), cpuMs()]
  await sleep(PAUSE_MS)
  writeFileSync(`${path}.tmp`, 'small')
  renameSync(`${path}.tmp`, path)
  longestWallMs = Math.max(longestWallMs, performance.now() - wall - PAUSE_MS)
  longestCpuMs = Math.max(longestCpuMs, cpuMs() - cpu)
}
rmSync(directory, { recursive: true })
parentPort!.postMessage({ longestWallMs, longestCpuMs } satisfies BystanderReport)

/** Processor time of this thread. */
function cpuMs(): number {
  return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6
}
