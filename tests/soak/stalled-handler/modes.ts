/**
 * Ways to take records: handlers of a run, handlers ordered by key, a loop, and a run that keeps the default
 * `max.poll.interval.ms`, so that the member loses its place after five minutes.
 */
export const modes = ['run', 'run-by-key', 'loop', 'run-until-expelled'] as const
export type Mode = (typeof modes)[number]

/** How many keys the records of a partition have, in turn. */
export const KEYS = 50
