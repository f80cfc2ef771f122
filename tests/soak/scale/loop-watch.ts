import { readFileSync, writeFileSync } from 'node:fs'

// Loaded into the broker's process with --import, to see for how long its event loop is held up. SIGUSR2 begins a
// measurement; the next one ends it and writes what was seen to the file that SAMSA_TEST_LOOP_WATCH names.
//
// On a busy machine a turn takes long because others have the processor. What the loop itself used between two ticks is
// therefore taken from the scheduler's account of the main thread.

export interface LoopReport {
  /** The longest time between two ticks, and the most processor time used between two, in milliseconds. */
  readonly longestWallMs: number
  readonly longestCpuMs: number
  /** Times that the loop used the processor for more than 10 ms without a tick. */
  readonly over10Ms: number
}

const TICK_MS = 1
const path = process.env['SAMSA_TEST_LOOP_WATCH']
const account = `/proc/self/task/${process.pid}/schedstat`
const cpuMs = () => Number(readFileSync(account, 'utf8').split(' ')[0]) / 1e6
let timer: NodeJS.Timeout | undefined
let report: { longestWallMs: number; longestCpuMs: number; over10Ms: number }

if (path !== undefined) {
  process.on('SIGUSR2', () => {
    if (timer === undefined) begin()
    else end(path)
  })
}

function begin(): void {
  report = { longestWallMs: 0, longestCpuMs: 0, over10Ms: 0 }
  let [wall, cpu] = [performance.now(), cpuMs()]
  timer = setInterval(() => {
    const [wallNow, cpuNow] = [performance.now(), cpuMs()]
    report.longestWallMs = Math.max(report.longestWallMs, wallNow - wall - TICK_MS)
    report.longestCpuMs = Math.max(report.longestCpuMs, cpuNow - cpu)
    if (cpuNow - cpu > 10) report.over10Ms++
    ;[wall, cpu] = [wallNow, cpuNow]
  }, TICK_MS)
}

function end(file: string): void {
  clearInterval(timer)
  timer = undefined
  writeFileSync(file, JSON.stringify(report))
}
