import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { residentMb } from '../../process/samsa-process.ts'

/** Whether this system tells what a process uses. */
export const isMeasurable = existsSync('/proc/self/stat')

const TICKS_PER_SECOND = 100

/** Seconds of processor time a process has used, all threads, in user and kernel mode. */
export function cpuSeconds(pid: number): number {
  // The second field, the name, may hold anything; behind its bracket come fields 3, 4 …
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

/** Open file handles of a process, sockets included. */
export function openHandles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length
}

const QUIET_MS = 500
/** So often in a row: what waits for the disk rests too, for a moment, and what is done every second did nothing twice. */
const QUIET_TIMES = 4

/**
 * Waits until the process rests: less than 3 % of a processor, for two seconds; at most `timeoutMs`. One that is watched
 * never does, as that takes more.
 */
export async function untilIdle(pid: number, timeoutMs = 30_000): Promise<void> {
  const end = performance.now() + timeoutMs
  for (let quiet = 0; quiet < QUIET_TIMES && performance.now() < end; ) {
    const before = cpuSeconds(pid)
    await sleep(QUIET_MS)
    quiet = cpuSeconds(pid) - before < 0.015 ? quiet + 1 : 0
  }
}

/**
 * Processor time a process uses at rest, in percent of one processor: the median of three times `ms`. V8 collects what a
 * burst of work left behind some ten seconds after it, once, which is no part of rest.
 */
export async function idleLoad(pid: number, ms: number): Promise<number> {
  const loads: number[] = []
  while (loads.length < 3) {
    const [begun, before] = [performance.now(), cpuSeconds(pid)]
    await sleep(ms)
    loads.push(((cpuSeconds(pid) - before) * 100_000) / (performance.now() - begun))
  }
  return loads.sort((a, b) => a - b)[1]!
}

/** Figures of one case: each is printed beside its limit, and those beyond it fail the case together. */
export class Figures {
  readonly #beyond: string[] = []

  tell(what: string, value: string): void {
    console.log(`  ${what}: ${value}`)
  }

  /** @param limit the greatest value that is right */
  atMost(what: string, value: number, limit: number, unit: string): void {
    const shown = `${rounded(value)} ${unit}`
    this.tell(what, `${shown} (at most ${rounded(limit)})`)
    if (!(value <= limit)) this.#beyond.push(`${what}: ${shown}, more than ${rounded(limit)}`)
  }

  /** Resident memory and open handles of the process as it is now. */
  residence(what: string, pid: number, limits: { megabytes: number; handles: number }): void {
    this.atMost(`${what}, resident memory`, residentMb(pid) ?? Number.NaN, limits.megabytes, 'MB')
    this.atMost(`${what}, open handles`, openHandles(pid), limits.handles, 'handles')
  }

  /** Throws what is beyond its limit. */
  check(): void {
    if (this.#beyond.length > 0) throw new Error(this.#beyond.join('; '))
  }
}

const rounded = (value: number) => (Math.abs(value) < 10 ? value.toFixed(2) : value.toFixed(0))
