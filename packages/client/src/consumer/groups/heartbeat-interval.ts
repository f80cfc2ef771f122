/** When a member that joined without getting partitions asks again, in milliseconds since it joined. */
const EARLY_MS = [200, 600, 1050, 1600]

/**
 * How long a member waits before its next heartbeat. Coordinators work assignments out in the background, and batch them
 * (Kafka 4.3: at most one a second, `group.consumer.assignment.interval.ms`): the answer to the first heartbeat has none then,
 * and the interval, mostly five seconds, is long for who waits for a first record.
 *
 * @param intervalMs what the coordinator asks for
 * @param sinceJoinMs how long ago the member joined
 */
export function nextHeartbeatMs(intervalMs: number, sinceJoinMs: number, hasPartitions: boolean): number {
  const next = hasPartitions ? undefined : EARLY_MS.find(ms => ms > sinceJoinMs)
  return next === undefined ? intervalMs : Math.min(intervalMs, next - sinceJoinMs)
}
