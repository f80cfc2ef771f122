import type { Random } from '@samsa/base'

/** A broker that replicas can be put on. */
export interface UsableBroker {
  readonly id: number
  readonly rack: string | null
  /** A fenced broker may hold a replica, but not a new partition's leader. */
  readonly fenced: boolean
}

/** Brokers taken in turns, each at most once a round; every round starts one further. */
class Turns {
  readonly #ids: number[]
  #taken = 0
  #offset: number
  #round = 0

  constructor(ids: number[], random: Random) {
    this.#ids = ids.sort((a, b) => a - b)
    this.#offset = ids.length === 0 ? 0 : random.integer(ids.length)
  }

  next(round: number): number | undefined {
    const count = this.#ids.length
    if (this.#round !== round) {
      this.#round = round
      this.#taken = 0
      this.#offset = (this.#offset + 1) % Math.max(1, count)
    }
    if (this.#taken >= count) return undefined
    return this.#ids[(this.#taken++ + this.#offset) % count]
  }

  shuffle(random: Random): void {
    shuffle(this.#ids, random)
  }
}

interface Rack {
  readonly active: Turns
  readonly fenced: Turns
}

/**
 * Spreads the replicas of new partitions as Kafka does: evenly over racks first, then over brokers, in stripes that
 * start at a random place. The first replica of each partition, its preferred leader, is never a fenced broker.
 *
 * @returns the brokers of each partition, or in words why there is no placement
 */
export function placeReplicas(
  brokers: readonly UsableBroker[],
  partitionCount: number,
  replicationFactor: number,
  random: Random,
): { assignment: number[][] } | { problem: string } {
  const activeCount = brokers.filter(broker => !broker.fenced).length
  if (activeCount === 0) return { problem: 'All brokers are currently fenced.' }
  if (replicationFactor > brokers.length) {
    return {
      problem: `The target replication factor of ${replicationFactor} cannot be reached because only ${brokers.length} broker(s) are registered.`,
    }
  }
  const stripes = new Stripes(racksOf(brokers, random), activeCount, random)
  return { assignment: Array.from({ length: partitionCount }, () => stripes.next(replicationFactor)) }
}

class Stripes {
  readonly #racks: Rack[]
  readonly #activeCount: number
  readonly #random: Random
  #round = 0
  #offset: number

  constructor(racks: Rack[], activeCount: number, random: Random) {
    this.#racks = racks
    this.#activeCount = activeCount
    this.#random = random
    this.#offset = random.integer(racks.length)
  }

  /** The brokers of the next partition. */
  next(replicationFactor: number): number[] {
    this.#reshuffle()
    this.#offset %= this.#racks.length
    const leaderRack = this.#leaderRack()
    const replicas = [leaderRack.leader]
    // The leader's rack is passed over once: it has had its share of this partition.
    let passOver: number | undefined = leaderRack.at
    for (let at = this.#offset; replicas.length < replicationFactor; at = (at + 1) % this.#racks.length) {
      if (at === passOver) {
        passOver = undefined
        continue
      }
      const rack = this.#racks[at]!
      const id = rack.active.next(this.#round) ?? rack.fenced.next(this.#round)
      if (id !== undefined) replicas.push(id)
    }
    this.#round++
    this.#offset++
    return replicas
  }

  #leaderRack(): { at: number; leader: number } {
    for (let at = this.#offset; ; at = (at + 1) % this.#racks.length) {
      const leader = this.#racks[at]!.active.next(this.#round)
      if (leader !== undefined) return { at, leader }
    }
  }

  // After as many partitions as there are brokers the same stripes would come again: mix them anew.
  #reshuffle(): void {
    if (this.#round !== this.#activeCount || this.#activeCount === 1) return
    shuffle(this.#racks, this.#random)
    for (const rack of this.#racks) {
      rack.active.shuffle(this.#random)
      rack.fenced.shuffle(this.#random)
    }
    this.#round = 0
  }
}

function racksOf(brokers: readonly UsableBroker[], random: Random): Rack[] {
  const byName = new Map<string, UsableBroker[]>()
  for (const broker of brokers) {
    const name = broker.rack ?? ''
    byName.set(name, [...(byName.get(name) ?? []), broker])
  }
  const names = [...byName.keys()].sort()
  return names.map(name => {
    const members = byName.get(name)!
    const idsOf = (fenced: boolean) => members.filter(m => m.fenced === fenced).map(m => m.id)
    return { active: new Turns(idsOf(false), random), fenced: new Turns(idsOf(true), random) }
  })
}

function shuffle<T>(items: T[], random: Random): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.integer(i + 1)
    const item = items[i]!
    items[i] = items[j]!
    items[j] = item
  }
}
