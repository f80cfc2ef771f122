import { expect, it } from 'vitest'
import { nextHeartbeatMs } from './heartbeat-interval.ts'

/** When a member that never gets a partition sends heartbeats in its first while. */
function timesOf(intervalMs: number): number[] {
  const times = [0]
  while (times.at(-1)! < 10_000) times.push(times.at(-1)! + nextHeartbeatMs(intervalMs, times.at(-1)!, false))
  return times
}

it('is short for a while after joining without getting partitions', () => {
  expect(timesOf(5000)).toEqual([0, 200, 600, 1050, 1600, 6600, 11_600])
  expect(timesOf(300).slice(0, 5)).toEqual([0, 200, 500, 600, 900])
})

it('is what the coordinator asks for once there are some', () => {
  expect(nextHeartbeatMs(5000, 0, true)).toBe(5000)
  expect(nextHeartbeatMs(5000, 100_000, false)).toBe(5000)
})
