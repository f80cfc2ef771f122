import { FailedError } from '../../command/command.ts'

/** A broker that may get replicas. */
export interface CandidateBroker {
  readonly id: number
  readonly rack: string | undefined
}

/**
 * Spreads the replicas of a topic: preferred leaders go round the brokers, the other replicas follow at distances that
 * change with each round, and racks are all used before one is used twice.
 *
 * @param random a number below the given one: where the first round begins
 */
export function spreadReplicas(
  brokers: readonly CandidateBroker[],
  partitions: number,
  replicas: number,
  random: (below: number) => number,
): number[][] {
  if (brokers.length === 0)
    throw new FailedError('All brokers are currently fenced, or have all their log directories cordoned.')
  if (replicas > brokers.length) {
    throw new FailedError(
      `The target replication factor of ${replicas} cannot be reached because only ${brokers.length} broker(s) are registered or some brokers have all their log directories cordoned.`,
    )
  }
  const ring = ringOf(brokers)
  const start = random(ring.length)
  return Array.from({ length: partitions }, (_, partition) => {
    const round = Math.floor(partition / ring.length)
    const leader = (start + partition) % ring.length
    const others = [...ring.slice(leader + 1), ...ring.slice(0, leader)]
    const shift = others.length === 0 ? 0 : round % others.length
    const followers = [...others.slice(shift), ...others.slice(0, shift)]
    return chosenOf([ring[leader]!, ...followers], replicas)
  })
}

/** Brokers by id, those of different racks in turn. */
function ringOf(brokers: readonly CandidateBroker[]): CandidateBroker[] {
  const racks = new Map<string | undefined, CandidateBroker[]>()
  for (const broker of [...brokers].sort((a, b) => a.id - b.id))
    racks.set(broker.rack, [...(racks.get(broker.rack) ?? []), broker])
  const longest = Math.max(...[...racks.values()].map(({ length }) => length))
  return Array.from({ length: longest }, (_, at) =>
    [...racks.values()].flatMap(rack => rack[at] ?? []),
  ).flat()
}

/** The first brokers of racks that are not used yet, then others. */
function chosenOf(candidates: readonly CandidateBroker[], count: number): number[] {
  const used = new Set<string | undefined>()
  const first = candidates.filter(({ rack }) => !used.has(rack) && used.add(rack))
  const rest = candidates.filter(one => !first.includes(one))
  return [...first, ...rest].slice(0, count).map(({ id }) => id)
}
